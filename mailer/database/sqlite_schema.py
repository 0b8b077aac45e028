"""Hold the schema of the SQLite file, as the scripts that led to it."""

from __future__ import annotations

__all__ = ["MIGRATIONS"]

#: Script n brings `user_version` from n to n + 1. A script that was released is never changed.
#: Instants are whole microseconds UTC since 1970, so that they sort, compare and fit a bigint elsewhere.
MIGRATIONS = (
    """
    CREATE TABLE entry (
        seq INTEGER PRIMARY KEY,             -- the order of queueing
        id TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL,
        kind TEXT NOT NULL,
        interview TEXT NOT NULL,
        interview_key TEXT NOT NULL,
        people TEXT NOT NULL,                -- their ids, one a line
        sender_name TEXT NOT NULL,
        sender_address TEXT NOT NULL,
        sender_phone TEXT NOT NULL,
        to_name TEXT NOT NULL,
        to_address TEXT NOT NULL,
        subject TEXT NOT NULL,
        message_id TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        mail_from TEXT NOT NULL,
        rcpt_to TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        needs_smtputf8 INTEGER NOT NULL,
        due INTEGER NOT NULL,
        due_local TEXT NOT NULL,             -- wall time in `timezone`
        timezone TEXT NOT NULL,              -- IANA name
        not_before INTEGER NOT NULL,         -- `due`, or the next try after a refusal
        attempts INTEGER NOT NULL,           -- executions begun
        first_tried INTEGER,
        owner TEXT NOT NULL,                 -- worker:execution of the last claim, '' when nobody's
        reply_code INTEGER,
        reply_enhanced TEXT,
        reply_text TEXT,
        reply_stage TEXT,
        created INTEGER NOT NULL
    );
    CREATE INDEX entry_due ON entry (not_before) WHERE state = 'scheduled';
    CREATE INDEX entry_owned ON entry (state, owner) WHERE state IN ('claimed', 'transmitting');
    CREATE INDEX entry_done ON entry (state) WHERE state NOT IN ('scheduled', 'claimed', 'transmitting');

    CREATE TABLE reader (                    -- whom an entry is for; `holds` while it forbids a second of its kind
        interview_key TEXT NOT NULL,
        person TEXT NOT NULL,
        kind TEXT NOT NULL,
        entry INTEGER NOT NULL REFERENCES entry (seq),
        holds INTEGER NOT NULL,
        PRIMARY KEY (entry, person)
    ) WITHOUT ROWID;
    CREATE UNIQUE INDEX reader_once ON reader (interview_key, person, kind) WHERE holds = 1;
    CREATE INDEX reader_person ON reader (person);

    CREATE TABLE part (                      -- the sealed mail in order: bytes, or a payload by its hash
        entry INTEGER NOT NULL REFERENCES entry (seq),
        position INTEGER NOT NULL,
        content BLOB,
        sha256 TEXT,
        size_bytes INTEGER,
        PRIMARY KEY (entry, position)
    );
    CREATE INDEX part_payload ON part (sha256) WHERE sha256 IS NOT NULL;

    CREATE TABLE payload_chunk (             -- an attachment's raw bytes, shared by every mail that carries it
        sha256 TEXT NOT NULL,
        position INTEGER NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (sha256, position)
    );

    CREATE TABLE event (                     -- append only
        entry INTEGER NOT NULL REFERENCES entry (seq),
        number INTEGER NOT NULL,
        at INTEGER NOT NULL,
        from_state TEXT,
        to_state TEXT NOT NULL,
        detail TEXT NOT NULL,
        PRIMARY KEY (entry, number)
    ) WITHOUT ROWID;

    CREATE TABLE answer (                    -- questions of `check` that a person answered, by text
        key TEXT PRIMARY KEY,
        rule TEXT NOT NULL,
        interview TEXT NOT NULL,
        person TEXT NOT NULL,
        created INTEGER NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE entry ADD COLUMN account TEXT NOT NULL DEFAULT '';

    -- On the state instead of seq, the planner would take this one for what is due, and sort it.
    CREATE INDEX entry_scheduled ON entry (seq) WHERE state = 'scheduled';
    CREATE INDEX entry_to_name ON entry (lower(to_name));
    CREATE INDEX entry_to_address ON entry (lower(to_address));
    CREATE INDEX entry_interview ON entry (interview);

    CREATE TABLE start (                     -- deliveries begun lately, for the account's rate
        account TEXT NOT NULL,
        at INTEGER NOT NULL
    );
    CREATE INDEX start_lately ON start (account, at);

    CREATE TABLE trouble (                   -- why an account's notes wait although they are due
        account TEXT PRIMARY KEY,
        since INTEGER NOT NULL,
        kind TEXT NOT NULL,
        sentence TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
)
