"""The practice server takes mail like a real one, keeps it byte for byte, and shows it without running any of it."""

from __future__ import annotations

import http.client
import smtplib
import socket
import stat
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import mime
from mailer.errors import SettingsError, StorageError
from mailer.model import Attachment, Mailbox
from mailer.sandbox import Sandbox, pages, reading
from mailer.sandbox.inbox import Inbox
from tests.factories import make_composition, make_interview

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOSTILE = (
    b"From: =?utf-8?q?=3Cscript=3Ealert=281=29=3C/script=3E?= <a@example.com>\r\n"
    b'To: "<img src=x onerror=alert(1)>" <b@example.com>\r\n'
    b"Subject: </title><script>alert(1)</script>&amp;\r\n"
    b"X-Odd: <b>bold</b>\r\n"
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
    b"--x\r\nContent-Type: text/plain\r\n\r\n</pre><script>alert(2)</script>\r\n"
    b"--x\r\nContent-Type: text/html\r\n\r\n<script>alert(3)</script><img src=http://tracker.example/x>\r\n"
    b'--x\r\nContent-Disposition: attachment; filename="../<i>x.html"\r\n\r\nabc\r\n--x--\r\n'
)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """Run a practice server that keeps its mail in a folder of the test."""
    with Sandbox(tmp_path / "inbox") as running:
        yield running


def hand_in(sandbox: Sandbox, raw: bytes, to: str = "reader@example.com", **options: object) -> None:
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, local_hostname="[127.0.0.1]", timeout=10) as client:
        client.sendmail("sender@example.com", [to], raw, **options)  # type: ignore[arg-type]  # mail options only


def visit(sandbox: Sandbox, path: str, *, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of one request, with the right Host unless another is given."""
    host = sandbox.http_url.removeprefix("http://").rstrip("/")
    connection = http.client.HTTPConnection(host, timeout=10)
    try:
        connection.request(method, path, headers={"Host": host} | headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def page(sandbox: Sandbox, path: str) -> str:
    return visit(sandbox, path)[2].decode()


# --- taking mail


def test_a_mail_is_kept_byte_for_byte(sandbox: Sandbox) -> None:
    raw = "Subject: Hi\r\n\r\n.a dot\r\nGrüße\r\n".encode()

    hand_in(sandbox, raw, mail_options=["BODY=8BITMIME"])

    assert sandbox.messages()[0].path.read_bytes() == raw


def test_an_arrival_tells_envelope_headers_and_time(sandbox: Sandbox) -> None:
    raw = b"From: =?utf-8?q?Zo=C3=AB?= <z@example.com>\r\nTo: Reader <r@example.com>\r\nSubject: =?utf-8?q?Gr=C3=BC?=\r\n =?utf-8?q?=C3=9Fe?=\r\n\r\nx\r\n"
    before = datetime.now(tz=UTC)

    hand_in(sandbox, raw)

    (mail,) = sandbox.messages()
    assert (mail.envelope_from, mail.envelope_to) == ("sender@example.com", "reader@example.com")
    assert (mail.sender, mail.to, mail.subject) == ("Zoë <z@example.com>", "Reader <r@example.com>", "Grüße")
    assert (mail.id, mail.size_bytes) == ("1", len(raw))
    assert before <= mail.received <= datetime.now(tz=UTC)


def test_mails_come_in_the_order_of_their_arrival(sandbox: Sandbox) -> None:
    for number in range(3):
        hand_in(sandbox, f"Subject: {number}\r\n\r\n".encode())

    assert [mail.subject for mail in sandbox.messages()] == ["0", "1", "2"]


def test_a_note_of_ours_arrives_as_it_was_sealed(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"%PDF" * 50_000)
    file = Attachment("plan.pdf", "application/pdf", 200_000, path=tmp_path / "plan.pdf")
    sealed = mime.seal(make_composition(attachments=(file,)), make_interview(), message_id="<a@example.com>")
    raw = b"".join(mime.wire(sealed, date=datetime.now(tz=UTC), read_payload=mime.read_from_disk))

    hand_in(sandbox, raw)

    assert sandbox.messages()[0].path.read_bytes() == raw


def test_the_server_offers_what_a_modern_client_asks_for(sandbox: Sandbox) -> None:
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, local_hostname="[127.0.0.1]", timeout=10) as client:
        client.ehlo()

        assert {"8bitmime", "smtputf8", "size"} <= set(client.esmtp_features)


def test_an_address_outside_ascii_is_taken_with_smtputf8(sandbox: Sandbox) -> None:
    hand_in(sandbox, "To: jürgen@example.com\r\n\r\n".encode(), "jürgen@example.com", mail_options=["SMTPUTF8"])

    assert (sandbox.messages()[0].envelope_to, sandbox.messages()[0].to) == ("jürgen@example.com", "jürgen@example.com")


def test_a_mail_that_declares_too_large_a_size_is_refused_before_its_body(sandbox: Sandbox) -> None:
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, local_hostname="[127.0.0.1]", timeout=10) as client:
        client.ehlo()

        assert client.mail("a@example.com", ["SIZE=99999999"])[0] == 552


def test_a_folder_that_cannot_be_written_is_a_temporary_refusal(sandbox: Sandbox) -> None:
    sandbox.folder.rmdir()

    with pytest.raises(smtplib.SMTPDataError) as caught:
        hand_in(sandbox, b"Subject: x\r\n\r\n")
    assert caught.value.smtp_code == 452
    assert sandbox.messages() == ()


def test_mail_from_many_clients_at_once_is_kept_whole(sandbox: Sandbox) -> None:
    raws = [f"Subject: {n}\r\n\r\n{'x' * 500}\r\n".encode() for n in range(8)]
    clients = [threading.Thread(target=hand_in, args=(sandbox, raw)) for raw in raws]

    for client in clients:
        client.start()
    for client in clients:
        client.join()

    assert sorted(mail.path.read_bytes() for mail in sandbox.messages()) == raws


def test_only_the_user_can_read_the_files(sandbox: Sandbox) -> None:
    hand_in(sandbox, b"Subject: x\r\n\r\n")

    assert stat.S_IMODE(sandbox.messages()[0].path.stat().st_mode) == 0o600
    assert stat.S_IMODE(sandbox.folder.stat().st_mode) == 0o700


# --- starting and stopping


def test_a_second_run_in_the_same_folder_leaves_the_first_one_s_mail(tmp_path: Path) -> None:
    for _ in range(2):
        with Sandbox(tmp_path / "inbox") as sandbox:
            hand_in(sandbox, b"Subject: x\r\n\r\n")

    assert len(list((tmp_path / "inbox").glob("*.eml"))) == 2


def test_without_a_folder_mail_goes_to_a_fresh_one() -> None:
    with Sandbox() as first, Sandbox() as second:
        assert first.folder != second.folder
        first.folder.rmdir()
        second.folder.rmdir()


def test_stopping_frees_both_ports_even_with_clients_connected(tmp_path: Path) -> None:
    with Sandbox(tmp_path / "inbox") as sandbox:
        ports = sandbox.smtp_port, int(sandbox.http_url.rstrip("/").rpartition(":")[2])
        talking = socket.create_connection(("127.0.0.1", ports[0]), timeout=10)
        assert talking.recv(100).startswith(b"220 ")

    assert talking.recv(100) == b""
    talking.close()
    with Sandbox(tmp_path / "inbox", smtp_port=ports[0], http_port=ports[1]) as again:
        assert again.smtp_port == ports[0]


def test_stopping_at_once_is_clean(tmp_path: Path) -> None:
    with Sandbox(tmp_path / "inbox") as sandbox:
        assert sandbox.messages() == ()


@pytest.mark.parametrize("which", ["smtp_port", "http_port"])
def test_a_port_that_is_taken_is_named_with_the_remedy(tmp_path: Path, which: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(SettingsError, match=f"port {port} cannot be used for .*0 for a free one"):
            Sandbox(tmp_path / "inbox", **{which: port}).__enter__()


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "inbox").write_text("")

    with pytest.raises(StorageError, match="cannot hold mail"):
        Sandbox(tmp_path / "inbox").__enter__()


# --- the pages


def test_an_empty_inbox_says_where_to_hand_mail_in(sandbox: Sandbox) -> None:
    assert f"127.0.0.1:{sandbox.smtp_port}" in page(sandbox, "/")


def test_the_list_shows_each_mail_the_newest_first(sandbox: Sandbox) -> None:
    hand_in(sandbox, b"From: A <a@example.com>\r\nTo: B <b@example.com>\r\nSubject: First\r\n\r\n")
    hand_in(sandbox, b"\r\nno header at all\r\n")

    shown = page(sandbox, "/")

    assert shown.index('href="/mail/2"><em>No subject') < shown.index('href="/mail/1">First')
    assert "to B &lt;b@example.com&gt;" in shown
    assert "from A &lt;a@example.com&gt;" in shown
    assert "to reader@example.com" in shown
    assert "from sender@example.com" in shown
    assert "<p>2 mails</p>" in shown


def test_a_mail_shows_its_text_as_a_mail_program_would(sandbox: Sandbox) -> None:
    text = "Dear Zoë,\n\n" + "word " * 40 + "end\n\n> " + "quoted " * 20 + "end\n-- \nMe\n"
    sealed = mime.seal(make_composition(text=text), make_interview(), message_id="<a@example.com>")
    hand_in(sandbox, b"".join(mime.wire(sealed, date=None, read_payload=mime.read_from_disk)))

    shown = page(sandbox, "/mail/1")

    assert "word " * 40 + "end\n" in shown
    assert "&gt; " + "quoted " * 20 + "end\n-- \nMe" in shown


def test_a_mail_shows_its_headers_files_and_envelope(sandbox: Sandbox) -> None:
    card = Attachment("Zoë.vcf", "text/vcard", 3, content=b"abc")
    composition = make_composition(attachments=(card,), to=Mailbox("Zoë", "r@example.com"))
    sealed = mime.seal(composition, make_interview(), message_id="<a@example.com>")
    hand_in(sandbox, b"".join(mime.wire(sealed, date=None, read_payload=mime.read_from_disk)))

    shown = page(sandbox, "/mail/1")

    assert "To: =?utf-8?q?Zo=C3=AB?=" in shown
    assert '<li>Zoë.vcf <span class="quiet">text/vcard, 3 bytes' in shown
    assert "sender@example.com → reader@example.com" in shown


def test_the_raw_mail_is_a_download(sandbox: Sandbox) -> None:
    hand_in(sandbox, HOSTILE)

    status, headers, body = visit(sandbox, "/mail/1/raw")

    assert (status, body) == (200, HOSTILE)
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"] == 'attachment; filename="mail-1.eml"'


def test_a_file_that_was_deleted_is_said_to_be_gone(sandbox: Sandbox) -> None:
    hand_in(sandbox, HOSTILE)
    sandbox.messages()[0].path.unlink()

    assert visit(sandbox, "/mail/1")[0] == 410


# --- hostile mail, hostile pages


@pytest.mark.parametrize("path", ["/", "/mail/1"])
def test_nothing_of_a_hostile_mail_is_markup_in_our_pages(sandbox: Sandbox, path: str) -> None:
    hand_in(sandbox, HOSTILE)

    shown = page(sandbox, path)

    assert "alert(1)" in shown
    assert not any(tag in shown.lower() for tag in ("<script", "<img", "<b>", "<i>"))
    assert shown.count("</title>") == 1


def test_a_mail_s_html_is_shown_only_in_a_frame_that_can_do_nothing(sandbox: Sandbox) -> None:
    hand_in(sandbox, HOSTILE)

    assert '<iframe sandbox="" src="/mail/1/html"' in page(sandbox, "/mail/1")
    policy = visit(sandbox, "/mail/1/html")[1]["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:;")


@pytest.mark.parametrize("path", ["/", "/mail/1", "/mail/1/html", "/mail/1/raw", "/inbox.css", "/absent"])
def test_every_answer_carries_the_security_headers(sandbox: Sandbox, path: str) -> None:
    hand_in(sandbox, HOSTILE)

    headers = visit(sandbox, path)[1]

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Server"] == "mailer"


def test_our_own_pages_allow_no_script_and_no_framing(sandbox: Sandbox) -> None:
    policy = visit(sandbox, "/")[1]["Content-Security-Policy"]

    assert "script-src" not in policy
    assert {"default-src 'none'", "frame-src 'self'", "frame-ancestors 'none'"} <= set(policy.split("; "))


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "evil.example:80", ""])
def test_another_host_name_is_refused(sandbox: Sandbox, host: str) -> None:
    hand_in(sandbox, HOSTILE)

    status, _, body = visit(sandbox, "/", Host=host)

    assert status == 400
    assert b"alert" not in body


def test_localhost_is_this_host(sandbox: Sandbox) -> None:
    port = sandbox.http_url.rstrip("/").rpartition(":")[2]

    assert visit(sandbox, "/", Host=f"localhost:{port}")[0] == 200


def test_two_host_headers_are_refused(sandbox: Sandbox) -> None:
    port = int(sandbox.http_url.rstrip("/").rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(f"GET / HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nHost: evil.example\r\n\r\n".encode())

        assert b" 400 " in client.recv(100)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_only_get_is_answered(sandbox: Sandbox, method: str) -> None:
    assert visit(sandbox, "/", method=method)[0] == 501


@pytest.mark.parametrize(
    "path",
    [
        "/mail/",
        "/mail/2",
        "/mail/1/x",
        "/mail/../1",
        "/../../etc/passwd",
        "/mail/1/html/x",
        "/inbox.css/..",
        "/%2e%2e/x",
    ],
)
def test_a_path_that_names_nothing_is_not_found(sandbox: Sandbox, path: str) -> None:
    hand_in(sandbox, HOSTILE)

    assert visit(sandbox, path)[0] == 404


def test_an_unreadable_request_is_answered_without_repeating_it(sandbox: Sandbox) -> None:
    port = int(sandbox.http_url.rstrip("/").rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"<script>alert(1)</script>\r\n\r\n")

        assert b"alert" not in client.makefile("rb").read()


# --- reading whatever comes

fragments = st.sampled_from(
    [
        b"From: ", b"Subject: ", b"To: ", b"=?utf-8?q?x?=", b"=?nope?b?///?=", b"=?utf-8?b?a?=", b"\r\n", b"\r\n\r\n", b"--x",
        b"Content-Type: multipart/mixed; boundary=x\r\n", b"Content-Type: text/html; charset=nope\r\n",
        b"Content-Type: text/plain; format=flowed; charset*=utf-8''x\r\n", b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Disposition: attachment; filename*0*=nope''a; filename*1=b\r\n", b"Content-Type: ;;=\r\n", b"\xff\xfe", b"\0",
        b"Content-Type: message/rfc822\r\n", b"<@>,;:", b"Content-Transfer-Encoding: x-uuencode\r\n", b"begin 666 x\r\n",
    ]
)  # fmt: skip


@given(st.lists(st.one_of(fragments, st.binary(max_size=20)), max_size=30).map(b"".join))
def test_whatever_arrives_can_be_listed_and_shown(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    arrived = Inbox(tmp_path_factory.mktemp("inbox")).keep(raw, envelope_from="", envelope_to=["a@example.com"])

    assert pages.inbox_page([arrived], smtp_port=25).encode()
    assert pages.mail_page(arrived, raw).encode("utf-8", "replace")


@pytest.mark.parametrize("depth", [3, 300, 900, 2000])
def test_a_mail_shows_its_headers_however_deep_it_nests(depth: int) -> None:
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(depth))

    message = reading.parsed(b"Subject: deep\r\n" + nested)

    assert (reading.header(message, "Subject"), reading.html(message)) == ("deep", "")


@pytest.mark.parametrize("value", ["=?utf-8?b?a?=", "=?nope?q?x?=", "=?utf-8?q?=FF?="])
def test_an_encoded_word_that_does_not_decode_is_shown_as_it_came(value: str) -> None:
    assert reading.header(reading.parsed(f"Subject: {value}\r\n\r\n".encode()), "Subject") == value
