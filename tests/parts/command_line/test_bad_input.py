"""Input that cannot become a mail is refused with its place and its remedy, and nothing leaves the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.parts.command_line.conftest import Desk
    from tests.smtp_server import SmtpServer

GIFT = """\
    gift:
      kind: file
      title: The chart of changeovers
      file: {file}
"""
SUBJECT = "    subject: Thank you for the tour of line 3\n"


def attach(desk: Desk, file: str) -> None:
    desk.edit(SUBJECT, SUBJECT + GIFT.format(file=file))
    desk.edit("Please write if", "The chart is attached.\n\n{{ gift }}\n\nPlease write if")


def refused(desk: Desk, server: SmtpServer, *words: str, status: int = 1) -> None:
    """Assert that `send` stops with this status, says these words, opened no connection and stored nothing."""
    sent = desk.send()

    told = sent.out + sent.err
    assert sent.status == status, told
    assert [w for w in words if w not in told] == [], told
    assert "Traceback" not in told
    assert server.connections == 0
    assert not (desk.home / "mailer.db").exists()


# --- the file ----------------------------------------------------------------------------------------------------------


def test_a_missing_file_is_named(desk: Desk, server: SmtpServer) -> None:
    desk.file.unlink()

    refused(desk, server, "harborline.md", "there is no such file")


def test_a_folder_in_place_of_a_file_is_named(desk: Desk, server: SmtpServer) -> None:
    desk.file.unlink()
    desk.file.mkdir()

    refused(desk, server, "harborline.md", "folder")


def test_bad_yaml_is_named_with_its_line(desk: Desk, server: SmtpServer) -> None:
    desk.edit("role: Quality Manager", "role: Quality: Manager")

    refused(desk, server, "harborline.md:3", "YAML")


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_key(desk: Desk, server: SmtpServer) -> None:
    desk.edit("company: Harborline", "compnay: Harborline")

    refused(desk, server, "harborline.md:2", "compnay", "company")


def test_an_alias_bomb_is_refused(desk: Desk, server: SmtpServer) -> None:
    desk.edit("role: Quality Manager", "role: &a Quality Manager\nlocale: *a")

    refused(desk, server, "harborline.md:")


def test_a_file_that_is_no_text_is_named(desk: Desk, server: SmtpServer) -> None:
    desk.file.write_bytes(b"---\ncompany: \xff\xfe\n---\n")

    refused(desk, server, "harborline.md:2", "UTF-8")


def test_an_empty_file_is_named(desk: Desk, server: SmtpServer) -> None:
    desk.file.write_bytes(b"")

    refused(desk, server, "harborline.md", "front matter")


def test_a_zone_that_does_not_exist_is_named(desk: Desk, server: SmtpServer) -> None:
    desk.edit("America/Detroit", "America/Detriot")

    refused(desk, server, "harborline.md:6", "America/Detriot", "America/Detroit")


# --- the recipient -----------------------------------------------------------------------------------------------------


def test_a_note_to_nobody_can_be_shown_and_not_sent(desk: Desk, server: SmtpServer) -> None:
    desk.edit("email: w.vanderberg@harborline-castings.example", "email: null")

    assert desk.run("show", "harborline.md").status == 0
    refused(desk, server, "vanderberg", "email", "via")


@pytest.mark.parametrize(
    "address",
    [
        "w.vanderberg",
        "w.vanderberg@",
        "@harborline-castings.example",
        "w vanderberg@harborline-castings.example",
        "w.vanderberg@harborline..example",
        "a@b.example, c@d.example",
        "<w.vanderberg@harborline-castings.example>",
    ],
)
def test_an_address_that_is_none_is_named_with_its_line(address: str, desk: Desk, server: SmtpServer) -> None:
    desk.edit("email: w.vanderberg@harborline-castings.example", f'email: "{address}"')

    refused(desk, server, "harborline.md:11", "email")


def test_nobody_is_chosen_by_an_id_that_nobody_has(desk: Desk, server: SmtpServer) -> None:
    sent = desk.send("--to", "vandenberg")

    assert sent.status == 2
    assert "vandenberg" in sent.err
    assert "vanderberg" in sent.err
    assert server.connections == 0


# --- the attachment ----------------------------------------------------------------------------------------------------


def test_a_missing_attachment_stops_the_note(desk: Desk, server: SmtpServer) -> None:
    attach(desk, "files/chart.pdf")

    refused(desk, server, "gift-file-missing", "files/chart.pdf")


def test_an_attachment_that_is_too_large_stops_the_note(desk: Desk, server: SmtpServer) -> None:
    with (desk.folder / "chart.pdf").open("wb") as chart:
        chart.truncate(20 * 1024 * 1024 + 1)
    attach(desk, "chart.pdf")

    refused(desk, server, "gift-file-missing", "chart.pdf", "20,971,520")


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/hostname", "files/../../secret.txt"])
def test_an_attachment_outside_the_folder_stops_the_note(path: str, desk: Desk, server: SmtpServer) -> None:
    (desk.folder / "files").mkdir()
    (desk.folder.parent / "secret.txt").write_text("secret")
    attach(desk, path)

    refused(desk, server, "gift-file-missing", "folder")


def test_a_link_to_a_file_outside_the_folder_stops_the_note(desk: Desk, server: SmtpServer) -> None:
    (desk.folder.parent / "secret.txt").write_text("secret")
    (desk.folder / "chart.pdf").symlink_to("../secret.txt")
    attach(desk, "chart.pdf")

    refused(desk, server, "gift-file-missing", "folder")


# --- the template ------------------------------------------------------------------------------------------------------


def test_a_template_error_in_the_note_is_named_with_file_and_line(desk: Desk, server: SmtpServer) -> None:
    desk.edit("Thank you for the plant tour,", "Thank you for {{ company the plant tour,")

    refused(desk, server, "harborline.md:20")


def test_a_name_that_means_nothing_is_named_with_file_and_line(desk: Desk, server: SmtpServer) -> None:
    desk.edit("Thank you for the plant tour,", "Thank you for the {{ compnay }} tour,")

    refused(desk, server, "harborline.md:20", "compnay")


def test_a_template_error_in_a_template_of_the_users_is_named_with_file_and_line(
    desk: Desk, server: SmtpServer
) -> None:
    (desk.home / "templates" / "theme").mkdir(parents=True)
    (desk.home / "templates" / "theme" / "plain.html.j2").write_text("<!DOCTYPE html>\n{% if %}\n")

    refused(desk, server, "plain.html.j2:2")


def test_a_template_that_reaches_for_python_is_refused(desk: Desk, server: SmtpServer) -> None:
    desk.edit("Thank you for the plant tour,", "Thank you {{ company.__class__.__mro__[1].__subclasses__() }},")

    refused(desk, server, "harborline.md:20")


# --- control characters ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("character", ["\\r", "\\n", "\\r\\n", "\\0", "\\x85", "\\L"])
def test_a_control_character_in_the_subject_is_refused(character: str, desk: Desk, server: SmtpServer) -> None:
    desk.edit(SUBJECT, f'    subject: "Thank you{character}Bcc: everybody@example.org"\n')

    refused(desk, server, "harborline.md:13")


@pytest.mark.parametrize(("key", "line"), [("name", 9), ("greeting", 10), ("email", 11)])
def test_a_line_break_anywhere_else_is_refused(key: str, line: int, desk: Desk, server: SmtpServer) -> None:
    (old,) = (row for row in desk.file.read_text().splitlines() if row.startswith(f"    {key}: "))
    desk.edit(old, f'    {key}: "{old.partition(": ")[2]}\\r\\nBcc: everybody@example.org"')

    refused(desk, server, f"harborline.md:{line}")


def test_a_control_character_in_the_senders_name_is_refused(desk: Desk, server: SmtpServer) -> None:
    desk.environment["MAILER_FROM"] = "Monique\r\nBcc: everybody@example.org <m@example.com>"

    sent = desk.send()

    assert sent.status == 3
    assert "MAILER_FROM" in sent.err
    assert server.connections == 0


# --- settings ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAILER_SMTP_PORT", "submission"),
        ("MAILER_SMTP_PORT", "70000"),
        ("MAILER_SMTP_SECURITY", "ssl"),
        ("MAILER_AUTH", "kerberos"),
        ("MAILER_FROM", "Monique"),
        ("MAILER_TIMEZONE", "Mars/Olympus"),
        ("MAILER_RETRY_FIRST", "soon"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: str, desk: Desk, server: SmtpServer) -> None:
    desk.environment[name] = value

    sent = desk.send()

    assert sent.status == 3, sent.out + sent.err
    assert name in sent.err
    assert value in sent.err
    assert server.connections == 0


def test_a_sender_that_nobody_set_is_asked_for(desk: Desk) -> None:
    del desk.environment["MAILER_FROM"]

    sent = desk.send()

    assert sent.status == 3
    assert "MAILER_FROM" in sent.err


def test_a_server_that_nobody_set_is_asked_for(desk: Desk) -> None:
    del desk.environment["MAILER_SMTP_HOST"]

    sent = desk.send()

    assert sent.status == 3
    assert "MAILER_SMTP_HOST" in sent.err


@pytest.mark.parametrize(("name", "value"), [("MAILER_SMTP_SECURITY", "none"), ("MAILER_AUTH", "none")])
def test_an_unprotected_line_to_another_machine_is_refused(name: str, value: str, desk: Desk) -> None:
    protected = {"MAILER_SMTP_SECURITY": "tls", "MAILER_AUTH": "password", "MAILER_PASSWORD": "x"}
    desk.environment.update(protected | {"MAILER_SMTP_HOST": "smtp.example.com", name: value})

    sent = desk.send()

    assert sent.status == 3, sent.out + sent.err
    assert name in sent.err


def test_a_config_file_that_is_not_there_is_named(desk: Desk) -> None:
    sent = desk.run("--config", "nowhere.env", "send", "harborline.md", "--yes")

    assert sent.status == 3
    assert "nowhere.env" in sent.err


def test_a_password_command_that_fails_is_named_without_its_output(desk: Desk, server: SmtpServer) -> None:
    desk.uses(server, MAILER_AUTH="password", MAILER_PASSWORD_CMD="sh -c 'echo hunter2; exit 9'")

    sent = desk.send()

    assert sent.status == 3, sent.out + sent.err
    assert "MAILER_PASSWORD_CMD" in sent.err
    assert "hunter2" not in sent.out + sent.err
    assert server.connections == 0


def test_a_password_that_is_nowhere_is_asked_for(desk: Desk, server: SmtpServer) -> None:
    desk.uses(server, MAILER_AUTH="password")

    sent = desk.send()

    assert sent.status == 3, sent.out + sent.err
    assert "MAILER_PASSWORD_CMD" in sent.err
    assert server.connections == 0


def test_an_empty_password_is_not_tried_out(desk: Desk, server: SmtpServer) -> None:
    where = ("--host", "127.0.0.1", "--port", str(server.port), "--security", "none")

    ended = desk.run("setup", "ada@example.com", "--name", "Ada", *where, "--password-stdin")

    assert ended.status == 2, ended.out + ended.err
    assert "the password is empty" in ended.err
    assert server.connections == 0


# --- the command line --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("sned", "harborline.md"),
        ("send",),
        ("send", "harborline.md", "--now"),
        ("send", "harborline.md", "--kind", "love-letter"),
        ("queue", "harborline.md", "--yes", "--at", "next tuesday-ish"),
        ("queue", "harborline.md", "--yes", "--at", "2020-01-01 09:00"),
        ("queue", "harborline.md", "--yes", "--at", "+2h", "--zone", "Mars/Olympus"),
        ("check", "harborline.md", "--as-of", "yesterday-ish"),
        ("outbox", "show", "nosuch"),
        ("outbox", "cancel", "nosuch"),
        ("outbox", "--state", "lost"),
        ("outbox", "settle", "nosuch", "perhaps"),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_explained(arguments: tuple[str, ...], desk: Desk) -> None:
    ended = desk.run(*arguments)

    assert ended.status == 2, ended.out + ended.err
    assert ended.out == ""
    assert ended.err.strip()
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("send", "nowhere.md", "--yes"), 1),
        (("send", "harborline.md", "--now"), 2),
        (("send", "harborline.md", "--to", "nobody", "--yes"), 2),
        (("show", "nowhere.md"), 1),
        (("check", "nowhere.md"), 1),
        (("outbox", "show", "nosuch"), 2),
        (("--config", "nowhere.env", "outbox"), 3),
        (("send", "harborline.md"), 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_script_gets_one_json_object_whatever_happens(arguments: tuple[str, ...], status: int, desk: Desk) -> None:
    ended = desk.run(*arguments, "--json")

    assert ended.status == status, ended.out + ended.err
    assert isinstance(ended.json, dict)
    assert ended.err == ""


def test_a_kind_of_note_that_nobody_wrote_is_not_sent(desk: Desk, server: SmtpServer) -> None:
    sent = desk.send("--kind", "follow-up")

    assert sent.status == 2
    assert "no follow-up to vanderberg" in sent.err
    assert server.connections == 0


def test_no_command_at_all_shows_the_help(desk: Desk) -> None:
    ended = desk.run()

    assert ended.status == 2
    assert ended.err.startswith("Usage: mailer")


# --- several files -----------------------------------------------------------------------------------------------------


def test_check_names_each_file_that_does_not_read_and_judges_the_others(desk: Desk) -> None:
    (desk.folder / "broken.md").write_text("no front matter\n")

    checked = desk.run("check", "nowhere.md", "broken.md", "harborline.md", "--json")

    invalid = [(f["file"], f["line"]) for f in checked.json["findings"] if f["rule"] == "file-invalid"]
    assert (checked.status, checked.json["verdict"]) == (1, "stop")
    assert invalid == [("nowhere.md", 0), ("broken.md", 1)]
    assert list(checked.json["fingerprints"]) == ["vanderberg"]


def test_check_counts_a_template_error_as_a_stop(desk: Desk) -> None:
    desk.edit("Thank you for the plant tour,", "Thank you for the {{ compnay }} tour,")

    checked = desk.run("check", "harborline.md", "--json")

    (finding,) = checked.json["findings"]
    assert (checked.status, checked.json["verdict"]) == (1, "stop")
    assert (finding["rule"], finding["line"]) == ("file-invalid", 20)


def test_check_shows_each_files_own_fingerprint_when_two_have_a_person_of_one_id(desk: Desk) -> None:
    other = desk.folder / "other.md"
    other.write_text(desk.file.read_text().replace("2026-06-11", "2026-06-09").replace("line 3", "line 4"))

    checked = desk.run("check", "harborline.md", "other.md")

    for file in ("harborline.md", "other.md"):
        fingerprint = desk.run("show", file, "--fingerprint").out[:8]
        assert [row for row in checked.out.splitlines() if row.startswith(file) and row.endswith(fingerprint)]


# --- nothing goes without a yes ----------------------------------------------------------------------------------------


def test_without_a_terminal_nothing_is_sent_unless_told_so(desk: Desk, server: SmtpServer) -> None:
    sent = desk.run("send", "harborline.md")

    assert sent.status == 1
    assert "--yes" in sent.out + sent.err
    assert server.connections == 0


def test_a_stop_holds_even_with_yes(desk: Desk, server: SmtpServer) -> None:
    desk.edit("Dear Mr. van der Berg,\n\n", "Dear [Name],\n\n")

    refused(desk, server, "placeholder-left", "--despite")


def test_a_stop_is_passed_only_by_its_name(desk: Desk, server: SmtpServer) -> None:
    desk.edit("company: Harborline Castings", "company: Harborline Castings\ndecision_expected: 2026-06-26")
    desk.edit("on line 3 by myself", "on line 3 by [Name]")

    sent = desk.send("--despite", "placeholder-left")

    assert sent.status == 0, sent.out + sent.err
    assert len(server.messages) == 1


def test_a_dry_run_sends_nothing_and_leaves_nothing_behind(desk: Desk, server: SmtpServer) -> None:
    dry = desk.send("--dry-run")

    assert dry.status == 0, dry.out + dry.err
    assert server.connections == 0
    assert desk.run("outbox", "--json").json == {"entries": []}


def test_a_note_that_is_not_the_expected_one_is_refused(desk: Desk, server: SmtpServer) -> None:
    fingerprint = desk.run("show", "harborline.md", "--fingerprint").out.strip()
    desk.edit("the audit reports", "the  old audit reports")

    sent = desk.send("--expect", fingerprint)

    assert sent.status == 1, sent.out + sent.err
    assert fingerprint[:8] in sent.err
    assert server.connections == 0


def test_the_expected_note_is_sent(desk: Desk, server: SmtpServer) -> None:
    fingerprint = desk.run("show", "harborline.md", "--fingerprint").out.strip()

    sent = desk.send("--expect", fingerprint)

    assert sent.status == 0, sent.out + sent.err
    assert len(server.messages) == 1
