-- The whole database as of today. app/store/migrations/ brings older ones here; PRAGMA user_version is their number.
-- Times are whole UTC seconds since 1970. Texts marked JSON hold one JSON object or list.

-- Who may sign in.
CREATE TABLE users (
    id            INTEGER PRIMARY KEY,
    name          TEXT    NOT NULL UNIQUE COLLATE NOCASE,
    password_hash TEXT    NOT NULL,
    role          TEXT    NOT NULL CHECK (role IN ('owner', 'installer', 'viewer')),
    language      TEXT,                              -- de or en; NULL = as the browser says
    created_at    INTEGER NOT NULL
);

-- The owner's heat pumps. An id is never used twice, so that history and audit never change their owner.
CREATE TABLE heatpumps (
    id                TEXT    PRIMARY KEY,           -- hp-001
    name              TEXT    NOT NULL,
    manufacturer      TEXT    NOT NULL,
    model             TEXT    NOT NULL,
    connection_config TEXT    NOT NULL,              -- JSON: host, port, timeout, and what else its protocol needs
    device_config     TEXT    NOT NULL DEFAULT '{}', -- JSON: fitted parts (circuits, zones …), interval in seconds
    enabled           INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    -- One machine, one row: two pollers on one unit would disturb each other. How long they wait and how they
    -- frame what they say makes no difference.
    address           TEXT    GENERATED ALWAYS AS (
        lower(json(json_remove(connection_config, '$.timeout', '$.framing')))
    ) VIRTUAL UNIQUE
);

-- Numbers that outlive the rows they were given to, such as the last heat pump's.
CREATE TABLE counters (
    name  TEXT    PRIMARY KEY,
    value INTEGER NOT NULL
);

-- One row per sensor of a heat pump and way of storing it; a sensor that changes its unit becomes a new series.
-- storage: float32, float64, or text; or a decimal step such as 0.1, when values are whole multiples of it (int32).
CREATE TABLE series (
    id           INTEGER PRIMARY KEY,
    heatpump_id  TEXT    NOT NULL REFERENCES heatpumps (id) ON DELETE CASCADE,
    sensor       TEXT    NOT NULL,
    unit         TEXT    NOT NULL,
    storage      TEXT    NOT NULL,
    UNIQUE (heatpump_id, sensor, unit, storage)
);

-- Which series a packed poll holds, in order. A heat pump has about two: its fast poll and its full poll.
CREATE TABLE layouts (
    id          INTEGER PRIMARY KEY,
    heatpump_id TEXT    NOT NULL REFERENCES heatpumps (id) ON DELETE CASCADE,
    series      TEXT    NOT NULL,                    -- JSON list of series.id
    UNIQUE (heatpump_id, series)
);

-- Texts that samples refer to by number: words of states, error texts.
CREATE TABLE texts (
    id   INTEGER PRIMARY KEY,
    text TEXT    NOT NULL UNIQUE
);

-- One packed row per poll; `samples` is a bitmap of what is present, then the values in the layout's order.
-- Clustered by heat pump and time: a day of one machine lies together, and a poll touches one page.
CREATE TABLE polls (
    heatpump_id TEXT    NOT NULL REFERENCES heatpumps (id) ON DELETE CASCADE,
    at          INTEGER NOT NULL,
    layout_id   INTEGER NOT NULL,                    -- layouts.id; no REFERENCES: its check would scan all polls
    samples     BLOB    NOT NULL,
    PRIMARY KEY (heatpump_id, at)
) WITHOUT ROWID;

-- The newest poll of each layout among those that left `polls`: what a heat pump last said is found without decoding.
CREATE TABLE last_polls (
    heatpump_id TEXT    NOT NULL REFERENCES heatpumps (id) ON DELETE CASCADE,
    layout_id   INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    samples     BLOB    NOT NULL,
    PRIMARY KEY (heatpump_id, layout_id)
) WITHOUT ROWID;

-- A closed stretch of a heat pump's history: a day of the owner's time zone, later a month. Blocks never overlap:
-- a reading that comes late for its block waits in `polls` until the block is made anew.
CREATE TABLE blocks (
    id          INTEGER PRIMARY KEY,
    heatpump_id TEXT    NOT NULL REFERENCES heatpumps (id) ON DELETE CASCADE,
    since       INTEGER NOT NULL,
    until       INTEGER NOT NULL,                    -- the first second after it
    polls       INTEGER NOT NULL,                    -- how many
    times       BLOB,                                -- when and in which layout each was; NULL when only hours are kept
    UNIQUE (heatpump_id, since)
);

-- One series over one block. It keeps its rowid: rows of this size would double the file without one.
CREATE TABLE chunks (
    block_id  INTEGER NOT NULL REFERENCES blocks (id) ON DELETE CASCADE,
    series_id INTEGER NOT NULL,                      -- series.id
    hours     BLOB    NOT NULL,                      -- roll-ups; before the samples, to be read without them
    samples   BLOB,                                  -- one value per poll that asked; NULL when only hours are kept
    PRIMARY KEY (block_id, series_id)
);

-- How many days the owner keeps raw samples and hourly roll-ups; without a row they are kept for good.
CREATE TABLE retention (
    tier TEXT    PRIMARY KEY CHECK (tier IN ('raw', 'hourly')),
    days INTEGER NOT NULL CHECK (days > 0)
);

-- When a heat pump could not be read, and why; open while `until` is NULL.
CREATE TABLE outages (
    id          INTEGER PRIMARY KEY,
    heatpump_id TEXT    NOT NULL REFERENCES heatpumps (id) ON DELETE CASCADE,
    since       INTEGER NOT NULL,
    until       INTEGER,
    reason      TEXT    NOT NULL                     -- JSON: the sentence's template and its facts
);
CREATE UNIQUE INDEX one_open_outage ON outages (heatpump_id) WHERE until IS NULL;

-- Polls whose samples still have to reach VictoriaMetrics, in the order in which they were kept. The samples themselves
-- lie in the history, so a long outage of the other side costs about 20 bytes per poll.
CREATE TABLE outbox (
    id          INTEGER PRIMARY KEY,
    heatpump_id TEXT    NOT NULL REFERENCES heatpumps (id) ON DELETE CASCADE,
    at          INTEGER NOT NULL
);

-- The figures of a closed day; gone as soon as the day's samples change, and then computed anew.
CREATE TABLE days (
    heatpump_id TEXT    NOT NULL REFERENCES heatpumps (id) ON DELETE CASCADE,
    since       INTEGER NOT NULL,                    -- a day of the owner's time zone
    until       INTEGER NOT NULL,
    version     INTEGER NOT NULL,                    -- of the figures' definitions
    figures     TEXT    NOT NULL,                    -- JSON
    PRIMARY KEY (heatpump_id, since)
);

-- What the owner said about a heat pump's source and meters; it decides what its figures include.
CREATE TABLE metering (
    heatpump_id TEXT PRIMARY KEY REFERENCES heatpumps (id) ON DELETE CASCADE,
    answers     TEXT NOT NULL                        -- JSON
);

-- What electricity costs and emits from a day on.
CREATE TABLE tariffs (
    since  TEXT PRIMARY KEY,                         -- 2026-01-01
    prices TEXT NOT NULL                             -- JSON
);

-- Every attempt to change something at a heat pump: begun before the wire, finished after it, never deleted. It says
-- everything as it was, so it outlives its heat pump, account and job (no REFERENCES).
CREATE TABLE audit (
    id          INTEGER PRIMARY KEY,
    begun_at    INTEGER NOT NULL,
    ended_at    INTEGER,                             -- NULL: not finished yet
    actor_kind  TEXT    NOT NULL CHECK (actor_kind IN ('user', 'token', 'job', 'program')),
    actor       TEXT    NOT NULL,                    -- the name of the account, token or job
    action      TEXT    NOT NULL CHECK (action IN ('write', 'undo', 'hold', 'release', 'stop', 'allow')),
    heatpump_id TEXT,                                -- NULL: all of them
    heatpump    TEXT    NOT NULL DEFAULT '',         -- its name then
    sensor      TEXT,
    old         TEXT,                                -- JSON: a number or a word; NULL: none, or not known
    requested   TEXT,                                -- JSON
    read_back   TEXT,                                -- JSON
    outcome     TEXT CHECK (outcome IN ('confirmed', 'unconfirmed', 'skipped', 'denied', 'failed')),
    reached     INTEGER NOT NULL DEFAULT 0 CHECK (reached IN (0, 1)), -- it may have reached the memory cell
    said        TEXT,                                -- JSON: the sentence's template and its facts
    undoes      INTEGER                              -- the entry whose value this one brings back
);
CREATE INDEX audit_of_register ON audit (heatpump_id, sensor, begun_at);
CREATE INDEX audit_unfinished ON audit (id) WHERE outcome IS NULL;

-- Where nothing may be written: a heat pump, or everywhere (scope '').
CREATE TABLE write_stops (
    scope TEXT    PRIMARY KEY,
    since INTEGER NOT NULL,
    actor TEXT    NOT NULL                           -- who stopped it
);

-- Registers that only one source describes, and that the owner wants to write all the same.
CREATE TABLE write_permits (
    heatpump_id TEXT    NOT NULL REFERENCES heatpumps (id) ON DELETE CASCADE,
    sensor      TEXT    NOT NULL,
    since       INTEGER NOT NULL,
    actor       TEXT    NOT NULL,
    PRIMARY KEY (heatpump_id, sensor)
);

-- Values that must be written again and again, or be ended: what is in force, and what is still to be ended.
CREATE TABLE holds (
    heatpump_id TEXT    NOT NULL REFERENCES heatpumps (id) ON DELETE CASCADE,
    sensor      TEXT    NOT NULL,
    value       TEXT    NOT NULL,                    -- JSON: what is wished
    sent        TEXT,                                -- JSON: what was last written for it
    since       INTEGER NOT NULL,
    until       INTEGER,                             -- when it ends; NULL: when somebody releases it
    written_at  INTEGER,                             -- when it was last written; NULL: it is not at the machine
    releasing   INTEGER NOT NULL DEFAULT 0 CHECK (releasing IN (0, 1)), -- the neutral value is still to be written
    actor_kind  TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    PRIMARY KEY (heatpump_id, sensor)
);

-- Writes that repeat: when, what, and what becomes of runs that were missed.
CREATE TABLE jobs (
    id          INTEGER PRIMARY KEY,
    heatpump_id TEXT    NOT NULL REFERENCES heatpumps (id) ON DELETE CASCADE,
    name        TEXT    NOT NULL,
    content     TEXT    NOT NULL,                    -- JSON: schedule, sensor, value, end, condition, missed runs
    paused      INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    done_until  INTEGER NOT NULL,                    -- every run planned up to then is in job_runs, or was before the job
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
);
CREATE INDEX jobs_of_heatpump ON jobs (heatpump_id);

-- What became of each planned run: its value, and its end value after a time.
CREATE TABLE job_runs (
    id         INTEGER PRIMARY KEY,
    job_id     INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    part       TEXT    NOT NULL CHECK (part IN ('value', 'end')),
    planned_at INTEGER NOT NULL,
    try_at     INTEGER,                              -- when it is to be tried; NULL: it is over
    ended_at   INTEGER,
    outcome    TEXT CHECK (outcome IN ('confirmed', 'unconfirmed', 'skipped', 'denied', 'failed', 'missed', 'not met')),
    said       TEXT,                                 -- JSON: the sentence's template and its facts
    audit_id   INTEGER,                              -- audit.id
    missed     INTEGER NOT NULL DEFAULT 0            -- how many runs before it were missed together with it
);
CREATE INDEX job_runs_in_time ON job_runs (job_id, planned_at);
CREATE INDEX job_runs_open ON job_runs (try_at) WHERE try_at IS NOT NULL;

-- What settings were: a row when one was first seen, and whenever it had another value than before.
CREATE TABLE settings_log (
    id          INTEGER PRIMARY KEY,
    heatpump_id TEXT    NOT NULL REFERENCES heatpumps (id) ON DELETE CASCADE,
    sensor      TEXT    NOT NULL,
    at          INTEGER NOT NULL,                    -- when it was read
    value       TEXT    NOT NULL,                    -- JSON: a number or a word
    cause       TEXT    NOT NULL CHECK (cause IN ('first', 'us', 'unit')), -- unit: nobody changed it through us
    audit_id    INTEGER                              -- the write that explains it; no REFERENCES, as in audit
);
CREATE INDEX settings_log_of_sensor ON settings_log (heatpump_id, sensor, id);

-- What is watched: rules for one heat pump or for all of them. Each heat pump that has the sensors is judged by itself.
CREATE TABLE alerts (
    id          INTEGER PRIMARY KEY,
    heatpump_id TEXT    REFERENCES heatpumps (id) ON DELETE CASCADE,  -- NULL = all
    builtin     TEXT    UNIQUE,                      -- which of the rules that come with the program; its name is translated
    name        TEXT    NOT NULL,                    -- empty: the name of the built-in one
    conditions  TEXT    NOT NULL,                    -- JSON list; all of them must hold
    for_s       INTEGER NOT NULL DEFAULT 0,          -- for so many seconds
    severity    TEXT    NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    repeat_s    INTEGER,                             -- say it again every so many seconds while it lasts; NULL = once
    advice      TEXT    NOT NULL DEFAULT '',         -- what to do, in the owner's words
    enabled     INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
);

-- Where a rule stands with a heat pump between two polls; only while something holds. An open event stands here too.
CREATE TABLE alert_states (
    alert_id    INTEGER NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    heatpump_id TEXT    NOT NULL REFERENCES heatpumps (id) ON DELETE CASCADE,
    held        TEXT    NOT NULL,                    -- JSON list: which conditions held when they were last known
    since       INTEGER,                             -- since when all have held, silences taken off
    seen_at     INTEGER,                             -- when they were last seen to hold
    open        INTEGER NOT NULL CHECK (open IN (0, 1)),
    PRIMARY KEY (alert_id, heatpump_id)
) WITHOUT ROWID;

-- A rule held for a heat pump, from `since` on; open while `closed_at` is NULL. Name and severity as they were then.
CREATE TABLE alert_events (
    id              INTEGER PRIMARY KEY,
    alert_id        INTEGER REFERENCES alerts (id) ON DELETE SET NULL,
    heatpump_id     TEXT    NOT NULL REFERENCES heatpumps (id) ON DELETE CASCADE,
    builtin         TEXT,
    name            TEXT    NOT NULL,
    severity        TEXT    NOT NULL,
    advice          TEXT    NOT NULL,
    causes          TEXT    NOT NULL,                -- JSON list: sensor, value and limit of each condition
    since           INTEGER NOT NULL,                -- when it began to hold
    opened_at       INTEGER NOT NULL,                -- when it had held for long enough
    closed_at       INTEGER,
    ending          TEXT,                            -- recovered; or unwatched: the rule or the heat pump was switched off
    openings        INTEGER NOT NULL DEFAULT 1,      -- how often it came back within the hour: more than two is flapping
    announced       INTEGER NOT NULL DEFAULT 0,      -- whether a message about it was handed to the channels
    quiet_until     INTEGER,                         -- snoozed, or maintenance; then it is said if it still lasts
    repeat_at       INTEGER,
    acknowledged_at INTEGER,
    acknowledged_by TEXT,
    note            TEXT    NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX one_open_event ON alert_events (alert_id, heatpump_id) WHERE closed_at IS NULL;
CREATE INDEX events_by_time ON alert_events (opened_at);

-- Where messages go. What is secret about a channel lies in channels.json beside the database, under its `secret`.
CREATE TABLE channels (
    id             INTEGER PRIMARY KEY,
    name           TEXT    NOT NULL,
    kind           TEXT    NOT NULL,
    secret         TEXT    NOT NULL UNIQUE,
    shown          TEXT    NOT NULL,                 -- JSON: those of its fields that everybody may see
    language       TEXT    NOT NULL CHECK (language IN ('de', 'en')),
    least_severity TEXT    NOT NULL CHECK (least_severity IN ('info', 'warning', 'critical')),
    quiet_from     INTEGER,                          -- minutes after midnight, or NULL
    quiet_to       INTEGER,
    always_critical INTEGER NOT NULL DEFAULT 1 CHECK (always_critical IN (0, 1)), -- critical ones also in quiet hours
    enabled        INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    monthly_report INTEGER NOT NULL DEFAULT 0 CHECK (monthly_report IN (0, 1)),
    reported       TEXT,                             -- the last month whose report arrived: 2026-10
    failure        TEXT,                             -- why the last message did not arrive; NULL when it did
    failed_at      INTEGER,
    sent_at        INTEGER,
    created_at     INTEGER NOT NULL
);

-- A message to one channel: written with its event, claimed by the sender, and done when it arrived or was given up.
CREATE TABLE notifications (
    id          INTEGER PRIMARY KEY,
    event_id    INTEGER NOT NULL REFERENCES alert_events (id) ON DELETE CASCADE,
    channel_id  INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    kind        TEXT    NOT NULL,                    -- opened, again, flapping, repeated, recovered
    created_at  INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    tries       INTEGER NOT NULL DEFAULT 0,
    claimed_at  INTEGER,                             -- a sender is at it; after a crash it may or may not have arrived
    doubtful    INTEGER NOT NULL DEFAULT 0,          -- it is sent again because nobody knows whether it arrived
    notified_at INTEGER,
    given_up    TEXT,                                -- why it was not sent: superseded, or failed for good
    failure     TEXT
);
CREATE INDEX waiting_notifications ON notifications (channel_id, due_at) WHERE notified_at IS NULL AND given_up IS NULL;
CREATE INDEX notifications_of_event ON notifications (event_id);

-- Times in which events are kept but not announced: once, or every week on some days.
CREATE TABLE maintenance (
    id          INTEGER PRIMARY KEY,
    heatpump_id TEXT    REFERENCES heatpumps (id) ON DELETE CASCADE,  -- NULL = all
    note        TEXT    NOT NULL,
    starts_at   INTEGER,                             -- once: from then …
    ends_at     INTEGER,                             -- … to then
    weekdays    TEXT,                                -- every week: JSON list, 0 = Monday, of the owner's time zone
    from_minute INTEGER,                             -- minutes after midnight
    to_minute   INTEGER,
    created_at  INTEGER NOT NULL
);

-- Notes on the time line. One that belongs to an event tells the event's name and times unless it has a text of its own.
CREATE TABLE annotations (
    id          INTEGER PRIMARY KEY,
    heatpump_id TEXT    REFERENCES heatpumps (id) ON DELETE CASCADE,  -- NULL = all
    at          INTEGER NOT NULL,
    until       INTEGER,                             -- NULL: a moment, or the event's own end
    text        TEXT    NOT NULL,
    source      TEXT    NOT NULL CHECK (source IN ('hand', 'alert', 'write', 'setting')),
    event_id    INTEGER REFERENCES alert_events (id) ON DELETE CASCADE,
    author      TEXT,                                -- the account that wrote it
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
);
CREATE INDEX annotations_by_time ON annotations (heatpump_id, at);

-- What the anomaly detector learned of each heat pump; all of it can be learned again from the history.
CREATE TABLE detectors (
    heatpump_id   TEXT    PRIMARY KEY REFERENCES heatpumps (id) ON DELETE CASCADE,
    manufacturer  TEXT    NOT NULL,                  -- the machine it was learned of; another one is learned anew
    model         TEXT    NOT NULL,
    begins_at     INTEGER NOT NULL,                  -- what is older does not count …
    because       TEXT    NOT NULL CHECK (because IN ('first', 'exchanged', 'new normal')), -- … for this reason
    judged_until  INTEGER,                           -- every hour before it has its score; NULL: none yet
    last          TEXT,                              -- JSON: the last hour that was judged, its score, what was new about it
    fitted_at     INTEGER,                           -- NULL: to be learned at the next opportunity
    learned_from  INTEGER,
    learned_until INTEGER,
    learned       TEXT,                              -- JSON: how far it is known, and by which quantities
    content       BLOB                               -- see app/analysis/detector/model_file.py
);

-- Hours at the alarm line or above, in one row per stretch; and stretches that the owner does not want to be learned.
CREATE TABLE findings (
    id          INTEGER PRIMARY KEY,
    heatpump_id TEXT    NOT NULL REFERENCES heatpumps (id) ON DELETE CASCADE,
    since       INTEGER NOT NULL,
    until       INTEGER NOT NULL,                    -- the end of its last hour so far
    score       REAL,                                -- the highest; NULL: marked by the owner
    reasons     TEXT    NOT NULL,                    -- JSON list: what contributed most in the hour of that score
    verdict     TEXT CHECK (verdict IN ('real', 'not a fault')),
    verdict_at  INTEGER,
    verdict_by  TEXT                                 -- the account that said so
);
CREATE INDEX findings_in_time ON findings (heatpump_id, since);

-- The owner's own meters beside a heat pump: how each is asked, and what it measures. Its password or token lies in
-- meters.json beside the database, under its `secret`.
CREATE TABLE meters (
    id          INTEGER PRIMARY KEY,
    heatpump_id TEXT    NOT NULL REFERENCES heatpumps (id) ON DELETE CASCADE,
    content     TEXT    NOT NULL,                    -- JSON
    secret      TEXT                                 -- NULL: it needs none
);
CREATE INDEX meters_of_heatpump ON meters (heatpump_id);

-- Heat pumps that this program itself simulates, to try it out. The same seed and birth give the same life again.
CREATE TABLE simulated (
    heatpump_id TEXT    PRIMARY KEY REFERENCES heatpumps (id) ON DELETE CASCADE,
    seed        INTEGER NOT NULL,
    born_at     INTEGER NOT NULL
);

-- What an account wishes for itself, such as a dark appearance.
CREATE TABLE preferences (
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name    TEXT    NOT NULL,
    value   TEXT    NOT NULL,
    PRIMARY KEY (user_id, name)
) WITHOUT ROWID;

-- What the owner chose for the whole house, such as the currency of the tariffs; without a row the usual choice holds.
CREATE TABLE choices (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- Sharing measured values, which is off until somebody switches it on; one row once it was tried.
CREATE TABLE telemetry (
    id              INTEGER PRIMARY KEY CHECK (id = 1),
    enabled         INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    endpoint        TEXT    NOT NULL,
    installation_id TEXT    NOT NULL,                -- random; the receiver knows us by it
    salt            TEXT    NOT NULL,                -- random, told to nobody: heat pumps' ids are hashed with it
    next_at         INTEGER NOT NULL                 -- when the next payload is made
);

-- What was shared, and what waits to be: never more than a week of payloads, and a year of what became of them.
CREATE TABLE telemetry_payloads (
    id       INTEGER PRIMARY KEY,
    made_at  INTEGER NOT NULL,
    endpoint TEXT    NOT NULL,
    body     TEXT    NOT NULL,                       -- exactly what is sent; empty once the installation id is deleted
    tries    INTEGER NOT NULL DEFAULT 0,
    due_at   INTEGER,                                -- NULL: waits no longer
    ended_at INTEGER,
    outcome  TEXT CHECK (outcome IN ('sent', 'refused', 'given up', 'dropped')), -- NULL: waits
    said     TEXT                                    -- JSON: why it did not arrive the last time
);
CREATE INDEX telemetry_waiting ON telemetry_payloads (made_at) WHERE due_at IS NOT NULL;

-- What an account is bounded to; without a row it sees every heat pump, for good.
CREATE TABLE user_bounds (
    user_id    INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    expires_at INTEGER,                              -- from then on it cannot sign in; NULL: never
    limited    INTEGER NOT NULL CHECK (limited IN (0, 1)) -- 1: it sees only those in user_heatpumps, maybe none
);
CREATE TABLE user_heatpumps (
    user_id     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    heatpump_id TEXT    NOT NULL REFERENCES heatpumps (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, heatpump_id)
) WITHOUT ROWID;

-- Browsers that are signed in. The cookie holds the key, this table only its SHA-256, so that a copy of the database
-- signs nobody in; without its row a cookie is worth nothing.
CREATE TABLE sessions (
    id         INTEGER PRIMARY KEY,
    key_hash   TEXT    NOT NULL UNIQUE,
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,                     -- when it was last used, to the hour
    address    TEXT    NOT NULL,                     -- from where it was last used
    browser    TEXT    NOT NULL                      -- what the browser called itself when it signed in
);
CREATE INDEX sessions_of_user ON sessions (user_id);

-- Second factors: a secret shared with the owner's phone (RFC 6238), sealed with the key in seal.key.
CREATE TABLE second_factors (
    user_id    INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret     TEXT    NOT NULL,
    since      INTEGER,                              -- NULL: shown, but not yet confirmed with a code
    last_step  INTEGER NOT NULL DEFAULT 0            -- the step of the last code that was taken; older ones are refused
);
CREATE TABLE recovery_codes (
    user_id   INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_hash TEXT    NOT NULL,
    PRIMARY KEY (user_id, code_hash)
) WITHOUT ROWID;

-- Keys of programs. Only their SHA-256 is kept; they work as long as the account that made them owns the house.
CREATE TABLE tokens (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE COLLATE NOCASE,
    key_hash   TEXT    NOT NULL UNIQUE,
    scopes     TEXT    NOT NULL,                     -- JSON list: read, control, metrics
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    limited    INTEGER NOT NULL CHECK (limited IN (0, 1)), -- as in user_bounds
    created_at INTEGER NOT NULL,
    expires_at INTEGER,                              -- NULL: never
    used_at    INTEGER                               -- when it was last used, to the hour
);
CREATE TABLE token_heatpumps (
    token_id    INTEGER NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
    heatpump_id TEXT    NOT NULL REFERENCES heatpumps (id) ON DELETE CASCADE,
    PRIMARY KEY (token_id, heatpump_id)
) WITHOUT ROWID;

-- Sign-ins that failed, per account name and per address; both only as keyed hashes (somebody may type a password
-- into the field of the name).
CREATE TABLE failed_sign_ins (
    who      TEXT    PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at  INTEGER NOT NULL
) WITHOUT ROWID;

-- What was taken over from older software or from a configuration file, so that it is taken once: not again after its
-- owner has changed or removed it.
CREATE TABLE taken_over (
    origin TEXT    PRIMARY KEY,                      -- where it stood, such as idm_logger.db: job 3
    became TEXT    NOT NULL,                         -- what it is here (of a history: until when, UTC seconds)
    at     INTEGER NOT NULL
) WITHOUT ROWID;

-- Dashboards: those of a heat pump stand on its page, the others on a page of their own. `name` is empty for the one that
-- a heat pump gets from its model: it is called in the reader's language.
CREATE TABLE dashboards (
    id          INTEGER PRIMARY KEY,
    name        TEXT    NOT NULL,
    heatpump_id TEXT    REFERENCES heatpumps (id) ON DELETE CASCADE,  -- NULL = overview
    config      TEXT    NOT NULL,                    -- JSON: {"charts": […]}, see app/dashboard.py
    position    INTEGER NOT NULL,                    -- its place among those of the same heat pump, or of the overview
    version     INTEGER NOT NULL DEFAULT 1,          -- rises with every change: who changes an older one is told
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
);
CREATE INDEX dashboards_in_order ON dashboards (heatpump_id, position);

-- Heat pumps that got their model's dashboard: one that its owner removes does not come back.
CREATE TABLE dashboards_given (
    heatpump_id TEXT    PRIMARY KEY REFERENCES heatpumps (id) ON DELETE CASCADE
) WITHOUT ROWID;
