"""Hold every SQL statement of the outbox, named; each says what it is for.

Values are named parameters; instants are microseconds UTC since 1970. Each runs on SQLite and on PostgreSQL. There many
write at once, so what is read in order to be changed is locked: `/*postgresql … */` is a comment to SQLite, whose
transactions lock the whole file anyway.
"""

from __future__ import annotations

__all__ = [
    "CHUNK",
    "CLAIM",
    "COUNTS",
    "DROP_PAYLOADS",
    "DROP_STARTS",
    "DROP_TROUBLE",
    "DUE",
    "DUE_LONGEST",
    "DUE_SOON",
    "ENTRIES_BY_NAME",
    "ENTRIES_BY_PERSON",
    "ENTRIES_BY_PREFIX",
    "ENTRY",
    "ENTRY_TO_CHANGE",
    "EVENTS",
    "FORGET_READERS",
    "HOLD",
    "HOLDER",
    "HOLDING_OF_INTERVIEW",
    "HOLDING_OF_PERSON",
    "INSERT_CHUNK",
    "INSERT_ENTRY",
    "INSERT_EVENT",
    "INSERT_PART",
    "INSERT_START",
    "LATELY",
    "LET_GO",
    "NEWEST",
    "NEWEST_DONE",
    "NEWEST_OWNED",
    "NEWEST_SCHEDULED",
    "NEXT_HOUR",
    "OF_INTERVIEW",
    "OVERDUE",
    "OWNED",
    "PARTS",
    "PAYLOAD_EXISTS",
    "SET_TROUBLE",
    "START_BEFORE",
    "SWAP",
    "SWAP_STATE",
    "TROUBLE",
    "TROUBLES",
]

#: New entry, nothing attempted; a second `id` breaks a uniqueness rule.
INSERT_ENTRY = """
    INSERT INTO entry (
        id, state, kind, interview, interview_key, people,
        sender_name, sender_address, sender_phone, to_name, to_address,
        subject, message_id, fingerprint, mail_from, rcpt_to, size_bytes, needs_smtputf8,
        due, due_local, timezone, not_before, attempts, owner, created, account
    ) VALUES (
        :id, 'scheduled', :kind, :interview, :interview_key, :people,
        :sender_name, :sender_address, :sender_phone, :to_name, :to_address,
        :subject, :message_id, :fingerprint, :mail_from, :rcpt_to, :size_bytes, :needs_smtputf8,
        :due, :due_local, :timezone, :due, 0, '', :created, :account
    )
    RETURNING seq
"""

#: Take hold of one whom an entry is for; gives no row when another entry of the kind holds this person, and waits for
#: one that is about to.
HOLD = """
    INSERT INTO reader (interview_key, person, kind, entry, holds)
    SELECT :interview_key, :person, :kind, seq, 1 FROM entry WHERE id = :id
    ON CONFLICT DO NOTHING RETURNING entry
"""

#: An entry that was cancelled or failed lets go; one that comes back is forgotten first, then takes hold again.
LET_GO = "UPDATE reader SET holds = 0 WHERE entry = (SELECT seq FROM entry WHERE id = :id)"

FORGET_READERS = "DELETE FROM reader WHERE entry = (SELECT seq FROM entry WHERE id = :id)"

#: The entry that holds a person.
HOLDER = """
    SELECT entry.* FROM reader JOIN entry ON entry.seq = reader.entry
    WHERE reader.interview_key = :interview_key AND reader.person = :person AND reader.kind = :kind AND reader.holds = 1
"""

INSERT_PART = """
    INSERT INTO part (entry, position, content, sha256, size_bytes)
    VALUES (:seq, :position, :content, :sha256, :size_bytes)
"""

PARTS = "SELECT content, sha256, size_bytes FROM part WHERE entry = :seq ORDER BY position"

PAYLOAD_EXISTS = "SELECT 1 FROM payload_chunk WHERE sha256 = :sha256 AND position = 0"

INSERT_CHUNK = "INSERT INTO payload_chunk (sha256, position, content) VALUES (:sha256, :position, :content)"

CHUNK = "SELECT content FROM payload_chunk WHERE sha256 = :sha256 AND position = :position"

#: Attachments that no entry may still send: theirs are sent, or cancelled for an hour that has passed.
DROP_PAYLOADS = """
    DELETE FROM payload_chunk WHERE sha256 IN (
        SELECT kept.sha256 FROM payload_chunk AS kept WHERE kept.position = 0 AND NOT EXISTS (
            SELECT 1 FROM part JOIN entry ON entry.seq = part.entry
            WHERE part.sha256 = kept.sha256
            AND entry.state <> 'sent' AND NOT (entry.state = 'cancelled' AND entry.due < :now)
        )
    )
"""

#: What an account has due longest, since :earliest; the write lock, or the row's, is held until it is claimed.
DUE_LONGEST = """
    SELECT * FROM entry
    WHERE state = 'scheduled' AND account = :account AND not_before <= :now AND not_before >= :earliest
    ORDER BY not_before, seq LIMIT 1
    /*postgresql FOR NO KEY UPDATE SKIP LOCKED */
"""

#: The worker's one step before any network: the entry due longest becomes its own.
CLAIM = "UPDATE entry SET state = 'claimed', owner = :owner, attempts = attempts + 1 WHERE seq = :seq"

#: The compare-and-set of every other change: changes one row, or none if the entry is no longer what the caller read.
#: (Without RETURNING, for which SQLite makes and destroys a table each time.)
SWAP = """
    UPDATE entry SET
        state = :state, owner = :owner, attempts = :attempts, first_tried = :first_tried,
        due = :due, due_local = :due_local, timezone = :timezone, not_before = :not_before,
        reply_code = :reply_code, reply_enhanced = :reply_enhanced, reply_text = :reply_text, reply_stage = :reply_stage
    WHERE id = :id AND state = :old_state AND owner = :old_owner AND attempts = :old_attempts
"""

#: The same for the steps that leave all else as it is: past the gate, and the server's reply.
SWAP_STATE = """
    UPDATE entry SET
        state = :state,
        reply_code = :reply_code, reply_enhanced = :reply_enhanced, reply_text = :reply_text, reply_stage = :reply_stage
    WHERE id = :id AND state = :old_state AND owner = :old_owner AND attempts = :old_attempts
"""

INSERT_EVENT = """
    INSERT INTO event (entry, number, at, from_state, to_state, detail)
    SELECT seq, coalesce((SELECT max(number) FROM event WHERE event.entry = seq), 0) + 1,
        :at, :from_state, :to_state, :detail
    FROM entry WHERE id = :id
"""

EVENTS = """
    SELECT at, from_state, to_state, detail FROM event
    WHERE entry = (SELECT seq FROM entry WHERE id = :id) ORDER BY number
"""

ENTRY = "SELECT * FROM entry WHERE id = :id"

#: The same for a step that is about to be taken; waits for one that is being taken.
ENTRY_TO_CHANGE = "SELECT * FROM entry WHERE id = :id /*postgresql FOR NO KEY UPDATE */"

ENTRIES_BY_PREFIX = "SELECT * FROM entry WHERE id >= :prefix AND id < :beyond ORDER BY seq DESC LIMIT :limit"

ENTRIES_BY_PERSON = """
    SELECT DISTINCT entry.* FROM reader JOIN entry ON entry.seq = reader.entry
    WHERE reader.person = :person ORDER BY entry.seq DESC LIMIT :limit
"""

ENTRIES_BY_NAME = """
    SELECT * FROM entry WHERE lower(to_name) = lower(:name) OR lower(to_address) = lower(:name) OR interview = :name
    ORDER BY seq DESC LIMIT :limit
"""

NEWEST = "SELECT * FROM entry ORDER BY seq DESC LIMIT :limit"

#: Each of these three meets its partial index by its condition on the state.
NEWEST_SCHEDULED = "SELECT * FROM entry WHERE state = 'scheduled' ORDER BY seq DESC LIMIT :limit"

NEWEST_OWNED = """
    SELECT * FROM entry WHERE state = :state AND state IN ('claimed', 'transmitting') ORDER BY seq DESC LIMIT :limit
"""

NEWEST_DONE = """
    SELECT * FROM entry WHERE state = :state AND state NOT IN ('scheduled', 'claimed', 'transmitting')
    ORDER BY seq DESC LIMIT :limit
"""

#: What may not be sent a second time, for one interview and for all.
HOLDING_OF_INTERVIEW = """
    SELECT DISTINCT entry.* FROM reader JOIN entry ON entry.seq = reader.entry
    WHERE reader.interview_key = :interview_key AND reader.holds = 1 ORDER BY entry.seq
"""

HOLDING_OF_PERSON = """
    SELECT DISTINCT entry.* FROM reader JOIN entry ON entry.seq = reader.entry
    WHERE reader.person = :person AND reader.holds = 1 ORDER BY entry.seq
"""

#: All that an interview has, by its key while it holds and by its name, each with the moment of its last step.
OF_INTERVIEW = """
    SELECT entry.*, (SELECT max(at) FROM event WHERE event.entry = entry.seq) AS changed
    FROM entry WHERE entry.seq IN (
        SELECT reader.entry FROM reader WHERE reader.interview_key = :interview_key AND reader.holds = 1
        UNION SELECT seq FROM entry WHERE interview = :interview
    ) ORDER BY entry.seq
"""

#: The newest of what is sent or otherwise out of hand, each with the moment of its last step.
LATELY = """
    SELECT entry.*, (SELECT max(at) FROM event WHERE event.entry = entry.seq) AS changed
    FROM entry WHERE state = :state AND state NOT IN ('scheduled', 'claimed', 'transmitting')
    ORDER BY seq DESC LIMIT :limit
"""

COUNTS = """
    SELECT 'scheduled' AS state, count(*) AS number FROM entry WHERE state = 'scheduled' HAVING count(*) > 0
    UNION ALL
    SELECT state, count(*) FROM entry WHERE state IN ('claimed', 'transmitting') GROUP BY state
    UNION ALL
    SELECT state, count(*) FROM entry WHERE state NOT IN ('scheduled', 'claimed', 'transmitting') GROUP BY state
"""

#: What processes work on, or did when they died.
OWNED = "SELECT * FROM entry WHERE state IN ('claimed', 'transmitting') ORDER BY seq"

#: What should have gone out, or been tried again, before :limit.
OVERDUE = """
    SELECT * FROM entry WHERE state = 'scheduled' AND not_before < :limit ORDER BY not_before
    /*postgresql FOR NO KEY UPDATE SKIP LOCKED */
"""

#: The hours of what an account has due, longest first, since :earliest; without any, one reading of the index.
DUE = """
    SELECT not_before FROM entry
    WHERE state = 'scheduled' AND account = :account AND not_before <= :now AND not_before >= :earliest
    ORDER BY not_before, seq LIMIT :limit
"""

#: The next hour of an account that lies ahead.
NEXT_HOUR = """
    SELECT not_before FROM entry WHERE state = 'scheduled' AND account = :account AND not_before > :now
    ORDER BY not_before LIMIT 1
"""

#: A page of the hours of what is scheduled before :limit, after the entry that ended the page before.
DUE_SOON = """
    SELECT not_before, seq, id, due, due_local, timezone FROM entry
    WHERE state = 'scheduled' AND not_before <= :limit AND (not_before, seq) > (:after, :seq)
    ORDER BY not_before, seq LIMIT :page
"""

#: The delivery of an account that was begun so many before its last one.
START_BEFORE = """
    SELECT at FROM start WHERE account = :account AND at > :after AND at <= :before
    ORDER BY at DESC LIMIT 1 OFFSET :skipped
"""

INSERT_START = "INSERT INTO start (account, at) VALUES (:account, :at)"

DROP_STARTS = "DELETE FROM start WHERE at <= :before OR at > :after"

TROUBLE = "SELECT kind, sentence, since FROM trouble WHERE account = :account"

TROUBLES = "SELECT account, kind, sentence, since FROM trouble ORDER BY account"

SET_TROUBLE = """
    INSERT INTO trouble (account, since, kind, sentence) VALUES (:account, :since, :kind, :sentence)
    ON CONFLICT (account) DO UPDATE SET since = :since, kind = :kind, sentence = :sentence
"""

DROP_TROUBLE = "DELETE FROM trouble WHERE account = :account"
