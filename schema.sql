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
    -- One machine, one row: two pollers on one unit would disturb each other. How long they wait makes no difference.
    address           TEXT    GENERATED ALWAYS AS (
        lower(json(json_remove(connection_config, '$.timeout')))
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

-- The owner's own meters beside a heat pump: how each is asked, and what it measures.
CREATE TABLE meters (
    id          INTEGER PRIMARY KEY,
    heatpump_id TEXT    NOT NULL REFERENCES heatpumps (id) ON DELETE CASCADE,
    content     TEXT    NOT NULL,                    -- JSON
    secret      TEXT    NOT NULL DEFAULT ''          -- a password or token; leaves this table only towards the meter
);
CREATE INDEX meters_of_heatpump ON meters (heatpump_id);
