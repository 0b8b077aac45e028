"""Hold the schema of the PostgreSQL database, as the scripts that led to it; the same tables as SQLite's.

It has a schema of its own, so that the database may be shared with an engine or another program.
"""

from __future__ import annotations

__all__ = ["MIGRATIONS", "SCHEMA"]

SCHEMA = "mailer"

#: Script n brings `schema_version` from n to n + 1. A script that was released is never changed.
#: Ids sort by their bytes (COLLATE "C"), as in SQLite, whatever the language of the database.
MIGRATIONS = (
    """
    CREATE TABLE entry (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id text COLLATE "C" NOT NULL UNIQUE,
        state text NOT NULL,
        kind text NOT NULL,
        interview text NOT NULL,
        interview_key text NOT NULL,
        people text NOT NULL,                -- their ids, one a line
        sender_name text NOT NULL,
        sender_address text NOT NULL,
        sender_phone text NOT NULL,
        to_name text NOT NULL,
        to_address text NOT NULL,
        subject text NOT NULL,
        message_id text NOT NULL,
        fingerprint text NOT NULL,
        mail_from text NOT NULL,
        rcpt_to text NOT NULL,
        size_bytes bigint NOT NULL,
        needs_smtputf8 integer NOT NULL,
        due bigint NOT NULL,
        due_local text NOT NULL,             -- wall time in `timezone`
        timezone text NOT NULL,              -- IANA name
        not_before bigint NOT NULL,          -- `due`, or the next try after a refusal
        attempts integer NOT NULL,           -- executions begun
        first_tried bigint,
        owner text NOT NULL,                 -- worker:execution of the last claim, '' when nobody's
        reply_code integer,
        reply_enhanced text,
        reply_text text,
        reply_stage text,
        created bigint NOT NULL,
        account text NOT NULL DEFAULT ''
    );
    CREATE INDEX entry_due ON entry (not_before, seq) WHERE state = 'scheduled';
    CREATE INDEX entry_scheduled ON entry (seq) WHERE state = 'scheduled';
    CREATE INDEX entry_to_name ON entry (lower(to_name));
    CREATE INDEX entry_to_address ON entry (lower(to_address));
    CREATE INDEX entry_interview ON entry (interview);
    CREATE INDEX entry_owned ON entry (state, owner) WHERE state IN ('claimed', 'transmitting');
    CREATE INDEX entry_done ON entry (state, seq) WHERE state NOT IN ('scheduled', 'claimed', 'transmitting');

    CREATE TABLE reader (                    -- whom an entry is for; `holds` while it forbids a second of its kind
        interview_key text NOT NULL,
        person text NOT NULL,
        kind text NOT NULL,
        entry bigint NOT NULL REFERENCES entry (seq),
        holds integer NOT NULL,
        PRIMARY KEY (entry, person)
    );
    CREATE UNIQUE INDEX reader_once ON reader (interview_key, person, kind) WHERE holds = 1;
    CREATE INDEX reader_person ON reader (person);

    CREATE TABLE part (                      -- the sealed mail in order: bytes, or a payload by its hash
        entry bigint NOT NULL REFERENCES entry (seq),
        position integer NOT NULL,
        content bytea,
        sha256 text,
        size_bytes bigint,
        PRIMARY KEY (entry, position)
    );
    CREATE INDEX part_payload ON part (sha256) WHERE sha256 IS NOT NULL;

    CREATE TABLE payload_chunk (             -- an attachment's raw bytes, shared by every mail that carries it
        sha256 text NOT NULL,
        position integer NOT NULL,
        content bytea NOT NULL,
        PRIMARY KEY (sha256, position)
    );

    CREATE TABLE event (                     -- append only
        entry bigint NOT NULL REFERENCES entry (seq),
        number integer NOT NULL,
        at bigint NOT NULL,
        from_state text,
        to_state text NOT NULL,
        detail text NOT NULL,
        PRIMARY KEY (entry, number)
    );

    CREATE TABLE start (                     -- deliveries begun lately, for the account's rate
        account text NOT NULL,
        at bigint NOT NULL
    );
    CREATE INDEX start_lately ON start (account, at);

    CREATE TABLE trouble (                   -- why an account's notes wait although they are due
        account text PRIMARY KEY,
        since bigint NOT NULL,
        kind text NOT NULL,
        sentence text NOT NULL
    );

    CREATE TABLE worker (                    -- who is alive, by this database's clock
        owner text PRIMARY KEY,              -- the worker, without its execution
        host text NOT NULL,
        pid integer NOT NULL,
        started timestamptz NOT NULL,
        last_seen timestamptz NOT NULL
    );
    """,
)
