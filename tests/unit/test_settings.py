"""What a person writes into settings, and what becomes of it."""

from __future__ import annotations

import stat
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import assume, given
from hypothesis import strategies as st

from mailer import settings
from mailer.errors import SettingsError, StorageError
from mailer.model import Auth, Mailbox, Rate, Secret, Security
from mailer.settings import config_file, values
from mailer.settings.table import SETTINGS

PROJECT = Path(__file__).parents[2]

#: Enough to send with.
COMPLETE = {"MAILER_FROM": "Ada Example <ada@example.com>", "MAILER_SMTP_HOST": "smtp.example.com"}


def read(home: Path, **environ: str) -> settings.Settings:
    return settings.read(options={}, environ={"MAILER_HOME": str(home), **environ})


def write_config(home: Path, text: str) -> None:
    home.mkdir(exist_ok=True)
    (home / "config.env").write_text(text, encoding="utf-8")


def problem(home: Path, **environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        read(home, **environ)
    return str(caught.value)


# --- where a setting comes from --------------------------------------------------------------------------------


def test_the_command_line_goes_before_the_environment(home: Path) -> None:
    found = settings.read(
        options={"MAILER_HOME": str(home), "MAILER_PHONE": "1"},
        environ={"MAILER_HOME": "/nowhere", "MAILER_PHONE": "2"},
    )

    assert (home, "1") == (found.home, found.phone)


def test_the_environment_goes_before_the_file(home: Path) -> None:
    write_config(home, "MAILER_PHONE=from-file\n")

    assert read(home, MAILER_PHONE="from-environment").phone == "from-environment"


def test_the_file_goes_before_the_default(home: Path) -> None:
    write_config(home, "MAILER_MAX_LATE=2d\n")

    assert read(home).max_late == timedelta(days=2)


def test_an_empty_value_means_the_default_whatever_the_file_says(home: Path) -> None:
    write_config(home, "MAILER_PHONE=123\n")

    assert read(home, MAILER_PHONE="").phone == ""


def test_a_file_given_by_name_stands_in_for_the_one_of_the_home(home: Path, tmp_path: Path) -> None:
    write_config(home, "MAILER_PHONE=home\n")
    other = tmp_path / "other.env"
    other.write_text(f"MAILER_HOME={tmp_path}/state\nMAILER_PHONE=other\n")

    found = settings.read(options={}, environ={}, config=other)

    assert (tmp_path / "state", "other") == (found.home, found.phone)


def test_a_relative_path_starts_from_the_folder_of_its_file(home: Path) -> None:
    write_config(home, "MAILER_INTERVIEWS=notes\n")

    assert read(home).interviews == home / "notes"


def test_a_relative_path_of_the_environment_starts_from_the_current_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)

    assert read(home, MAILER_CA_FILE="ca.pem").ca_file == tmp_path / "ca.pem"


def test_the_dot_env_of_the_current_folder_is_never_read(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("MAILER_PHONE=stranger\n")
    monkeypatch.chdir(tmp_path)

    assert read(home).phone == ""


def test_names_in_a_value_are_not_replaced(home: Path) -> None:
    write_config(home, 'MAILER_PHONE="${HOME} and $HOME"\n')

    assert read(home).phone == "${HOME} and $HOME"


def test_a_byte_order_mark_before_the_first_line_is_no_part_of_its_name(home: Path) -> None:
    write_config(home, "\N{ZERO WIDTH NO-BREAK SPACE}MAILER_PHONE=1\r\n")

    assert read(home).phone == "1"


def test_without_a_home_the_users_data_folder_is_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    found = settings.read(options={}, environ={})

    assert found.home.name == "mailer"


def test_reading_settings_without_a_file_imports_neither_dotenv_nor_platformdirs(home: Path) -> None:
    import subprocess

    script = (
        "import sys; from mailer import settings; settings.read(options={'MAILER_HOME': sys.argv[1]}, environ={});"
        "print([m for m in ('dotenv', 'platformdirs', 'keyring', 'smtplib', 'zoneinfo') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script, str(home)], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_each_given_setting_remembers_where_it_stands(home: Path) -> None:
    write_config(home, "# mine\n\nMAILER_PHONE=1\n")

    found = read(home, MAILER_MAX_LATE="1h")

    assert found.sources["MAILER_PHONE"] == f"{home}/config.env:3"
    assert found.sources["MAILER_MAX_LATE"] == "environment"


def test_unknown_variables_of_the_environment_are_kept_aside(home: Path) -> None:
    assert read(home, MAILER_FORM="x", OTHER="y").unknown == ("MAILER_FORM",)


# --- what is refused -------------------------------------------------------------------------------------------


def test_an_error_names_setting_source_what_was_found_what_was_expected_and_the_remedy(home: Path) -> None:
    write_config(home, "MAILER_PHONE=1\nMAILER_SMTP_PORT=70000\n")

    assert problem(home) == (
        f"MAILER_SMTP_PORT ({home}/config.env:2): “70000” is no port; expected a whole number from 1 to 65535."
        " Mend that line"
    )


def test_an_error_carries_setting_and_source_as_facts(home: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        read(home, MAILER_MAX_LATE="fast")

    assert (caught.value.setting, caught.value.source) == ("MAILER_MAX_LATE", "environment")


def test_a_bad_option_is_named_as_one() -> None:
    with pytest.raises(SettingsError, match=r"MAILER_MAX_LATE \(command line\): “fast” .* Give another value"):
        settings.read(options={"MAILER_HOME": "/x", "MAILER_MAX_LATE": "fast"}, environ={})


def test_an_unknown_name_in_the_file_names_the_nearest_setting(home: Path) -> None:
    write_config(home, "MAILER_SMTP_HOTS=x\n")

    assert "MAILER_SMTP_HOTS" in problem(home)
    assert "did you mean MAILER_SMTP_HOST?" in problem(home)


def test_a_name_near_nothing_points_to_the_list_of_all(home: Path) -> None:
    write_config(home, "MAILER_QQQQQQQQQQQQQ=x\n")

    assert "config.example.env lists them all" in problem(home)


def test_a_name_in_small_letters_is_corrected(home: Path) -> None:
    write_config(home, "mailer_from=x\n")

    assert "did you mean MAILER_FROM?" in problem(home)


def test_names_of_other_programs_in_the_file_are_theirs(home: Path) -> None:
    write_config(home, "EDITOR=vi\nexport MAILER_PHONE=1\n")

    assert read(home).phone == "1"


def test_a_password_in_the_file_is_refused_and_not_repeated(home: Path) -> None:
    write_config(home, "MAILER_PASSWORD=hunter2\n")

    assert "a password never belongs in a file" in problem(home)
    assert "hunter2" not in problem(home)


def test_a_bad_password_command_is_not_repeated(home: Path) -> None:
    assert "hunter2" not in problem(home, MAILER_PASSWORD_CMD="echo 'hunter2")


def test_a_home_inside_the_homes_own_file_is_refused(home: Path) -> None:
    write_config(home, "MAILER_HOME=/elsewhere\n")

    assert "cannot move it" in problem(home)


def test_a_file_given_by_name_that_is_absent_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"there is no settings file .*absent\.env"):
        settings.read(options={}, environ={}, config=tmp_path / "absent.env")


def test_a_settings_file_that_is_a_folder_is_said(home: Path) -> None:
    (home / "config.env").mkdir(parents=True)

    assert "cannot be read: Is a directory" in problem(home)


def test_a_line_that_is_no_assignment_is_named(home: Path) -> None:
    write_config(home, "MAILER_PHONE=1\n\nMAILER_FROM\n")

    assert f"{home}/config.env:3: this line is no setting" in problem(home)


def test_an_open_quote_is_named_with_its_line(home: Path) -> None:
    write_config(home, "MAILER_PHONE=1\nMAILER_FROM='Ada\n")

    assert f"{home}/config.env:2: this line is no setting" in problem(home)


def test_a_line_in_another_encoding_is_named(home: Path) -> None:
    home.mkdir()
    (home / "config.env").write_bytes(b"MAILER_PHONE=1\nMAILER_FROM=Ren\xe9e <r@example.com>\n")

    assert f"{home}/config.env:2: this line is not UTF-8" in problem(home)


def test_a_huge_settings_file_is_refused(home: Path) -> None:
    write_config(home, "#" * 300_000)

    assert "larger than 256 KiB" in problem(home)


def test_control_characters_never_reach_the_error(home: Path) -> None:
    assert "\x1b" not in problem(home, MAILER_FROM="\x1b[31mAda <ada@example.com>")


def test_a_long_value_is_shortened_in_the_error(home: Path) -> None:
    assert len(problem(home, MAILER_MAX_LATE="9" * 5000)) < 300


# --- the values ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ada@example.com", Mailbox("", "ada@example.com")),
        ("<ada@example.com>", Mailbox("", "ada@example.com")),
        ("Ada Example <ada@example.com>", Mailbox("Ada Example", "ada@example.com")),
        ("  Ada E. Example, ".rstrip(", ") + " <ada@example.com> ", Mailbox("Ada E. Example", "ada@example.com")),
        ('"Example, Ada" <ada@example.com>', Mailbox("Example, Ada", "ada@example.com")),
        (r'"Ada \"Countess\" \\ Example" <ada@example.com>', Mailbox(r'Ada "Countess" \ Example', "ada@example.com")),
        ("Ada (she/her) <ada@example.com>", Mailbox("Ada (she/her)", "ada@example.com")),
        ("Zoë Müller-Ñandú <zoë@müller.example>", Mailbox("Zoë Müller-Ñandú", "zoë@müller.example")),
        ("नीता शर्मा <नीता@उदाहरण.example>", Mailbox("नीता शर्मा", "नीता@उदाहरण.example")),
        ("O'Brien <o'brien+jobs@example.com>", Mailbox("O'Brien", "o'brien+jobs@example.com")),
    ],
)
def test_a_sender_is_read_strictly_and_in_any_script(text: str, expected: object) -> None:
    assert values.mailbox(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ada",
        "ada@",
        "@example.com",
        "Ada <ada@example.com",
        "ada@example.com>",
        "Ada, Bob <ada@example.com>",
        "ada@example.com, bob@example.com",
        "Ada <ada@example.com> <bob@example.com>",
        'Ada "the" Example <ada@example.com>',
        '"Ada" the" <ada@example.com>',
        "Ada <ada @example.com>",
        "Ada <.ada@example.com>",
        "Ada <ada@example..com>",
        "Ada <ada@-example.com>",
        "Ada <ada@[127.0.0.1]>",
        f"<{'a' * 65}@example.com>",
        f"<ada@{'a.' * 130}com>",
        "Ada <ada@example.com>\r\nBcc: eve@example.com",
        "Ada\x00 <ada@example.com>",
        "Ada \u202e <ada@example.com>",
        "Ada\u2028Example <ada@example.com>",
    ],
)
def test_a_sender_that_could_mean_something_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected"):
        values.mailbox(text)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters=values.TURNING)))
def test_any_name_is_written_so_that_it_is_read_back(name: str) -> None:
    mailbox = Mailbox(name.strip(), "ada@example.com")

    assert values.mailbox(settings.mailbox_text(mailbox)) == mailbox


@given(st.text())
def test_any_text_as_sender_is_refused_or_free_of_control_characters(text: str) -> None:
    try:
        found = values.mailbox(text)
    except ValueError:
        return

    assert not any(ord(c) < 32 for c in found.name + found.address)
    assert found.address.count("@") == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SMTP.Example.com.", "smtp.example.com"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "::1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("mail_relay.example", "mail_relay.example"),
        ("smtp.bücher.example", "smtp.xn--bcher-kva.example"),
    ],
)
def test_a_host_is_read_in_one_spelling(text: str, expected: object) -> None:
    assert values.host(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://smtp.example.com", "is a URL"),
        ("smtp.example.com:587", "MAILER_SMTP_PORT"),
        ("smtp example", "no host name"),
        (".", "no host name"),
        ("a::b::c", "IPv6"),
        ("smtp.example.com\r\nQUIT", "control character"),
        ("a" * 64 + ".example", "no host name"),
        ("ü" * 63 + ".example", "IDNA"),
    ],
)
def test_a_host_that_is_none_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        values.host(text)


@pytest.mark.parametrize(
    ("text", "seconds"), [("60s", 60), ("15m", 900), ("12h", 43200), ("2d", 172800), ("1h30m", 5400), ("1 h 5 s", 3605)]
)
def test_a_length_of_time_has_a_unit(text: str, seconds: int) -> None:
    assert values.duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["60", "s", "0s", "-1h", "1.5h", "400d", "1w", "99999999999999d", "٣s", "h1"])
def test_a_length_of_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="length of time"):
        values.duration(text)


@pytest.mark.parametrize("text", ["0", "65536", "-1", "٣", "25 ", "9" * 5000])
def test_a_port_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="port"):
        values.port(text)


def test_a_zone_that_is_none_names_the_nearest(home: Path) -> None:
    assert "did you mean America/New_York?" in problem(home, MAILER_TIMEZONE="America/New York")


@pytest.mark.parametrize("text", ["../../etc/passwd", "America", "/etc/localtime"])
def test_a_zone_is_never_a_path(text: str) -> None:
    with pytest.raises(ValueError, match="IANA"):
        values.timezone(text)


def test_the_zone_of_the_machine_is_where_its_link_leads(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/Asia/Kathmandu")

    assert values.system_timezone("", link) == "Asia/Kathmandu"


@pytest.mark.parametrize(
    ("tz", "expected"), [("Europe/Berlin", "Europe/Berlin"), (":Asia/Tokyo", "Asia/Tokyo"), ("XYZ4,M1.1.1", "UTC")]
)
def test_the_variable_tz_goes_before_the_machines_link(tz: str, expected: object, tmp_path: Path) -> None:
    assert values.system_timezone(tz, tmp_path / "absent") == expected


def test_a_machine_that_names_no_zone_is_in_utc(tmp_path: Path) -> None:
    assert values.system_timezone("", tmp_path / "absent") == "UTC"


def test_oauth2_is_said_to_come_later(home: Path) -> None:
    assert "cannot do yet" in problem(home, MAILER_AUTH="oauth2")


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("MAILER_AUTH", "kerberos", "expected password or"),
        ("MAILER_SMTP_SECURITY", "ssl", "expected tls, starttls"),
        ("MAILER_CA_FILE", "~nobody-of-that-name/ca.pem", "expected a path"),
        ("MAILER_PASSWORD_CMD", "   ", "is no command"),
        ("MAILER_PASSWORD", "a\x00b", "NUL"),
    ],
)
def test_each_setting_says_what_it_expects(home: Path, name: str, text: str, words: str) -> None:
    assert words in problem(home, **{name: text})


def test_the_password_command_is_parted_as_a_shell_would_and_never_run_by_one(home: Path) -> None:
    found = read(home, MAILER_PASSWORD_CMD="pass show 'mail/ada example' $(id)")

    assert found.password_cmd == ("pass", "show", "mail/ada example", "$(id)")


def test_no_repr_shows_a_password(home: Path) -> None:
    found = read(home, MAILER_PASSWORD=" hunter2 ", MAILER_PASSWORD_CMD="echo hunter3")

    assert found.password == Secret(" hunter2 ")
    assert "hunter" not in repr(found)


# --- the account -----------------------------------------------------------------------------------------------


def test_the_port_follows_the_protection(home: Path) -> None:
    ports = {s: read(home, **COMPLETE, MAILER_SMTP_SECURITY=s).account().port for s in ("tls", "starttls")}

    assert ports == {"tls": 465, "starttls": 587}


def test_port_587_alone_means_starttls(home: Path) -> None:
    assert read(home, **COMPLETE, MAILER_SMTP_PORT="587").account().security is Security.STARTTLS


def test_any_other_port_alone_means_tls(home: Path) -> None:
    assert read(home, **COMPLETE, MAILER_SMTP_PORT="2465").account().security is Security.TLS


def test_one_signs_in_with_the_senders_address_unless_told_otherwise(home: Path) -> None:
    names = [read(home, **COMPLETE, MAILER_SMTP_USERNAME=u).account().username for u in ("", "ada")]

    assert names == ["ada@example.com", "ada"]


def test_nobody_signs_in_where_no_sign_in_is_wanted(home: Path) -> None:
    environ = COMPLETE | {"MAILER_SMTP_HOST": "127.0.0.1", "MAILER_AUTH": "none", "MAILER_SMTP_SECURITY": "none"}
    account = read(home, **environ).account()

    assert (account.auth, account.username, account.port) == (Auth.NONE, "", 25)


@pytest.mark.parametrize("name", ["MAILER_SMTP_SECURITY", "MAILER_AUTH"])
def test_nothing_unprotected_leaves_this_machine(home: Path, name: str) -> None:
    found = read(home, **COMPLETE, **{name: "none"})

    with pytest.raises(SettingsError, match=rf"{name} \(environment\): .*this machine"):
        found.account()


def test_an_account_without_a_host_asks_for_setup(home: Path) -> None:
    with pytest.raises(SettingsError, match="Run mailer setup"):
        read(home, MAILER_FROM="ada@example.com").account()


def test_an_account_without_a_sender_asks_for_setup(home: Path) -> None:
    with pytest.raises(SettingsError, match=r"MAILER_FROM is not set.*mailer setup"):
        read(home, MAILER_SMTP_HOST="smtp.example.com").account()


def test_a_note_can_be_looked_at_with_nothing_but_a_sender(home: Path) -> None:
    found = read(home, MAILER_FROM="Ada <ada@example.com>", MAILER_PHONE="+1 313 555 0188")

    assert found.sender == Mailbox("Ada", "ada@example.com", "+1 313 555 0188")


# --- the example file ------------------------------------------------------------------------------------------


def test_the_example_file_is_what_the_table_says() -> None:
    assert (PROJECT / "config.example.env").read_text(encoding="utf-8") == settings.example()


def test_every_field_of_the_settings_has_its_row() -> None:
    fields = {row.field for row in SETTINGS.values()}

    assert fields == set(settings.Settings._fields) - {"config_path", "sources", "unknown"}


def test_every_line_of_the_example_can_be_used_as_it_stands(home: Path) -> None:
    lines = [line.removeprefix("#") for line in settings.example().splitlines() if not line.startswith("# ")]
    home.mkdir()
    config = home / "all.env"
    config.write_text("\n".join(lines))

    found = settings.read(options={}, environ={}, config=config)

    assert set(found.sources) == {name for name, row in SETTINGS.items() if not row.is_fileless}


@pytest.mark.parametrize("name", ["MAILER_AUTH", "MAILER_RETRY_FIRST", "MAILER_MAX_LATE"])
def test_the_default_that_the_table_tells_is_the_one_that_holds(home: Path, name: str) -> None:
    row = SETTINGS[name]

    assert row.parse(row.default) == getattr(read(home), row.field)


# --- writing the file ------------------------------------------------------------------------------------------


def test_writing_makes_a_folder_and_a_file_for_the_user_alone(home: Path) -> None:
    path = settings.write(home, {"MAILER_PHONE": "1"})

    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_writing_keeps_comments_order_and_lines_of_others(home: Path) -> None:
    write_config(home, "# mine\n\nMAILER_PHONE = 1  # old\nEDITOR='vi'\n# end")

    settings.write(home, {"MAILER_PHONE": "2", "MAILER_FROM": "Ada <ada@example.com>"})

    assert (home / "config.env").read_text() == (
        "# mine\n\nMAILER_PHONE=2\nEDITOR='vi'\n# end\nMAILER_FROM='Ada <ada@example.com>'\n"
    )


def test_writing_keeps_carriage_returns(home: Path) -> None:
    home.mkdir()
    (home / "config.env").write_bytes(b"MAILER_PHONE=1\r\nEDITOR=vi\r\n")

    settings.write(home, {"MAILER_PHONE": "2"})

    assert (home / "config.env").read_bytes() == b"MAILER_PHONE=2\r\nEDITOR=vi\r\n"


def test_a_setting_that_stood_twice_stands_once_afterwards(home: Path) -> None:
    write_config(home, "MAILER_PHONE=1\nMAILER_PHONE=2\n")

    settings.write(home, {"MAILER_PHONE": "3"})

    assert (home / "config.env").read_text() == "MAILER_PHONE=3\n"


def test_another_file_can_be_written_than_the_homes(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.env"

    assert settings.write(home, {"MAILER_PHONE": "1"}, config=other) == other
    assert settings.read(options={}, environ={}, config=other).config_path == other


def test_a_setting_can_be_taken_out(home: Path) -> None:
    write_config(home, "MAILER_PHONE=1\n# kept\n")

    settings.write(home, {"MAILER_PHONE": None, "MAILER_MAX_LATE": None})

    assert (home / "config.env").read_text() == "# kept\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [("MAILER_PASSWORD", "hunter2"), ("MAILER_HOME", "/x"), ("MAILER_NO", "x"), ("MAILER_MAX_LATE", "x")],
)
def test_nothing_is_written_that_could_not_be_read(home: Path, name: str, text: str) -> None:
    with pytest.raises(SettingsError):
        settings.write(home, {name: text})

    assert not home.exists()


def test_a_file_with_an_open_quote_is_left_as_it_is(home: Path) -> None:
    write_config(home, "MAILER_FROM='Ada\n")

    with pytest.raises(SettingsError, match=r"config\.env:1"):
        settings.write(home, {"MAILER_PHONE": "1"})

    assert (home / "config.env").read_text() == "MAILER_FROM='Ada\n"


def test_a_settings_file_that_is_a_folder_cannot_be_updated(home: Path) -> None:
    (home / "config.env").mkdir(parents=True)

    with pytest.raises(SettingsError, match=r"config\.env cannot be read"):
        settings.write(home, {"MAILER_PHONE": "1"})


def test_a_file_that_cannot_be_replaced_is_named_and_nothing_is_left_beside_it(home: Path) -> None:
    home.mkdir()
    path = home / "config.env"
    (path / "in-the-way").mkdir(parents=True)

    with pytest.raises(StorageError, match=r"config\.env cannot be written"):
        config_file.write_private(path, "x")

    assert [p.name for p in home.iterdir()] == ["config.env"]


def test_a_home_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError):
        settings.write(tmp_path / "file" / "home", {"MAILER_PHONE": "1"})


one_line = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")))


@given(one_line)
def test_a_written_value_is_read_back_as_it_was(value: str) -> None:
    text = config_file.updated("", {"MAILER_PHONE": value})

    assert [a.value for a in config_file.parse(text, Path("x"))] == [value]


@given(one_line, st.text("=#'\"\\ \r\nA_é", max_size=40))
def test_a_value_set_in_any_file_is_what_dotenv_reads_from_it(
    tmp_path_factory: pytest.TempPathFactory, value: str, before: str
) -> None:
    try:
        config_file.parse(before, Path("x"))
    except SettingsError:
        assume(condition=False)
    path = tmp_path_factory.mktemp("any") / "config.env"
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(config_file.updated(before, {"MAILER_PHONE": value}))

    found = dotenv_values(path, interpolate=False)

    assert found.get("MAILER_PHONE") == value


@given(st.text("=#'\"\\ \r\nA_é$", max_size=60))
def test_our_reading_of_a_file_is_dotenvs(text: str) -> None:
    from io import StringIO

    try:
        found = config_file.parse(text, Path("x"))
    except SettingsError:
        return

    assert {a.name: a.value for a in found} == dict(dotenv_values(stream=StringIO(text), interpolate=False))


# --- the rate ---


@pytest.mark.parametrize(
    ("text", "rates"),
    [
        ("20/minute", (Rate(20, 60),)),
        (" 1 / Second ", (Rate(1, 1),)),
        ("20/minute, 400/day", (Rate(20, 60), Rate(400, 86400))),
        ("100/hour", (Rate(100, 3600),)),
        ("none", ()),
    ],
)
def test_a_rate_is_read(text: str, rates: tuple[Rate, ...]):
    assert values.rate(text) == rates


@pytest.mark.parametrize(
    "text", ["20", "0/minute", "-1/day", "20/week", "20/minute,", "twenty/minute", "9999999/day", "٣/day"]
)
def test_no_rate_is_refused_with_what_is_one(text: str):
    with pytest.raises(ValueError, match="20/minute, 400/day"):
        values.rate(text)


def test_a_rate_is_said_in_words():
    assert [str(rate) for rate in values.rate("20/minute, 400/day")] == ["20 a minute", "400 a day"]


# --- yes and no --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "value"), [("yes", True), ("no", False), (" No ", False), ("YES", True)])
def test_yes_and_no_are_read_in_any_case(text: str, value: bool, home: Path) -> None:
    assert read(home, MAILER_NOTIFY=text).notify is value


def test_anything_else_than_yes_and_no_is_refused_with_what_was_expected(home: Path) -> None:
    assert "MAILER_NOTIFY (environment): “maybe” is neither; expected yes or no" in problem(home, MAILER_NOTIFY="maybe")
