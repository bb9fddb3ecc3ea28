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
    connection_config TEXT    NOT NULL,              -- JSON: host, port, unit_id, timeout
    device_config     TEXT    NOT NULL DEFAULT '{}', -- JSON: fitted parts (circuits, zones …), interval in seconds
    enabled           INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    -- One machine, one row: two pollers on one unit would disturb each other.
    address           TEXT    GENERATED ALWAYS AS (
        lower(json_extract(connection_config, '$.host')) || ':' || json_extract(connection_config, '$.port')
        || ':' || json_extract(connection_config, '$.unit_id')
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
