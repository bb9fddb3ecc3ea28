-- What it takes to operate the product for years.

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
