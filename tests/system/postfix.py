"""Run a Postfix of our own: loopback only, a temporary folder for everything, and no way out of the machine.

It is what providers run on their submission ports: STARTTLS (RFC 3207) or TLS at once (RFC 8314), AUTH PLAIN and
LOGIN against a SASL database, SMTPUTF8, and delivery into one Maildir for each known recipient; anybody else is refused.
Nothing is shared with the Postfix of the machine but its programs. It needs root, because Postfix does.
"""

from __future__ import annotations

import contextlib
import email
import grp
import mailbox
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.certificates import Authority
from tests.needs import SEARCH_PATH, needs
from tests.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from email.message import EmailMessage

    from tests.certificates import Certificate

__all__ = ["HOST", "PASSWORD", "USERNAME", "Postfix", "needs_postfix", "running_postfix"]

HOST = "localhost"
USERNAME = "candidate@example.com"
#: Not ASCII on purpose: RFC 4616 wants UTF-8.
PASSWORD = "Grüße an die Prüferin, 5×"
NAME = "submission.postfix.example"

#: The marks of every test that asks for the `postfix` fixture.
needs_postfix = [
    needs("postfix", "postconf", "saslpasswd2"),
    pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can start a Postfix"),
]

#: Postfix's own ceiling on a run, should the test process be killed before it can stop it.
MAX_LIFE_S = 1800
WAIT_S = 30

QUEUE_FOLDERS = (
    "active",
    "bounce",
    "corrupt",
    "defer",
    "deferred",
    "flush",
    "hold",
    "incoming",
    "private",
    "saved",
    "trace",
)

#: No `smtp`, `relay` or `lmtp` client is started: nothing here can carry a mail out.
MASTER_CF = """\
{submission} inet n - n - - smtpd
{submissions} inet n - n - - smtpd
    -o smtpd_tls_wrappermode=yes
pickup     unix  n - n 60    1 pickup
cleanup    unix  n - n -     0 cleanup
qmgr       unix  n - n 300   1 qmgr
tlsmgr     unix  - - n 1000? 1 tlsmgr
rewrite    unix  - - n -     - trivial-rewrite
bounce     unix  - - n -     0 bounce
defer      unix  - - n -     0 bounce
trace      unix  - - n -     0 bounce
verify     unix  - - n -     1 verify
flush      unix  n - n 1000? 0 flush
proxymap   unix  - - n -     - proxymap
showq      unix  n - n -     - showq
error      unix  - - n -     - error
retry      unix  - - n -     - error
discard    unix  - - n -     - discard
virtual    unix  - n n -     - virtual
anvil      unix  - - n -     1 anvil
scache     unix  - - n -     1 scache
postlog    unix-dgram n - n - 1 postlogd
"""

MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/state
maillog_file = /dev/stdout
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = {name}
mydestination =
mynetworks =
alias_maps =
alias_database =
local_recipient_maps =
smtpd_peername_lookup = no
disable_dns_lookups = yes
default_transport = error:no mail leaves the test
relay_transport = error:no mail leaves the test
message_size_limit = 41943040

smtputf8_enable = yes
virtual_mailbox_domains = regexp:{folder}/domains
virtual_mailbox_maps = texthash:{folder}/recipients
virtual_mailbox_base = {folder}/mail
virtual_mailbox_limit = 0
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}

smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_tls_chain_files = {key_file} {chain_file}
smtpd_sasl_auth_enable = yes
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = {folder}/sasl
smtpd_sasl_security_options = noanonymous
smtpd_delay_reject = yes
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
"""

SMTPD_CONF = """\
pwcheck_method: auxprop
auxprop_plugin: sasldb
mech_list: PLAIN LOGIN
sasldb_path: {folder}/sasldb2
"""


def program(name: str) -> str:
    """Return where a program of the system is, or just its name when it is not installed."""
    return shutil.which(name, path=SEARCH_PATH) or name


class Postfix:
    """A running Postfix: where it listens, whom to trust, and what was delivered to whom."""

    def __init__(self, folder: Path, recipients: Iterable[str]) -> None:
        self.folder = folder
        self.port, self.tls_port = free_port(), free_port()  # Postfix cannot bind port 0
        self.log: list[str] = []
        self._said = threading.Condition()
        authority = Authority(folder / "authority")
        self.ca_file = authority.ca_file
        self._configure(tuple(recipients), authority.issue(HOST, "127.0.0.1"))

    def _configure(self, recipients: tuple[str, ...], certificate: Certificate) -> None:
        nobody = pwd.getpwnam("nobody")
        values = {
            "folder": self.folder,
            "name": NAME,
            "uid": nobody.pw_uid,
            "gid": nobody.pw_gid,
            "key_file": certificate.key_file,
            "chain_file": certificate.chain_file,
        }
        (self.folder / "main.cf").write_text(MAIN_CF.format(**values))
        ports = {"submission": f"127.0.0.1:{self.port}", "submissions": f"127.0.0.1:{self.tls_port}"}
        (self.folder / "master.cf").write_text(MASTER_CF.format(**ports))
        (self.folder / "domains").write_text("/\\.example$/ local\n")
        lines = "".join(f"{address} {maildir_name(address)}/\n" for address in recipients)
        (self.folder / "recipients").write_text(lines, encoding="utf-8")
        make_folders(self.folder)
        (self.folder / "sasl" / "smtpd.conf").write_text(SMTPD_CONF.format(folder=self.folder))
        add_user(self.folder / "sasldb2", USERNAME, PASSWORD)

    @contextlib.contextmanager
    def running(self) -> Iterator[Postfix]:
        """Start the master, yield when it serves, and stop it with every process it started."""
        daemons = postconf("daemon_directory")
        command = [f"{daemons}/master", "-c", str(self.folder), "-s", "-e", str(MAX_LIFE_S)]
        environment = {"PATH": SEARCH_PATH, "MAIL_CONFIG": str(self.folder), "LANG": "C"}
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment,
            start_new_session=True,
        ) as master:  # fmt: skip
            reader = threading.Thread(target=self._follow, args=(master.stdout,), daemon=True)
            reader.start()
            try:
                self.wait_for("daemon started")
                yield self
            finally:
                master.terminate()
                master.wait(WAIT_S)
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(master.pid, signal.SIGKILL)
                reader.join(WAIT_S)

    def _follow(self, stream: Iterable[bytes]) -> None:
        for line in stream:
            with self._said:
                self.log.append(line.decode("utf-8", "replace").rstrip())
                self._said.notify_all()
        with self._said:
            self.log.append("the log ended")
            self._said.notify_all()

    def wait_for(self, words: str) -> None:
        """Return when a line of the log says `words`; fail with the whole log when that does not come."""

        def said() -> bool:
            return any(words in line for line in self.log) or "the log ended" in self.log[-1:]

        with self._said:
            self._said.wait_for(said, timeout=WAIT_S)
            found = any(words in line for line in self.log)
        assert found, f"Postfix never said “{words}”:\n" + "\n".join(self.log)

    def wait_until_delivered(self, reply: str) -> None:
        """Return when the mail that `reply` ("… queued as 4bXy…") accepted lies in its Maildir."""
        queue_id = reply.rpartition("queued as ")[2].split()[0]
        self.wait_for(f"{queue_id}: removed")
        fate = [line for line in self.log if f"{queue_id}: to=" in line]
        assert all("status=sent" in line for line in fate), fate

    def maildir(self, recipient: str) -> Path:
        """Return the Maildir of a recipient; it exists once something was delivered."""
        return self.folder / "mail" / maildir_name(recipient)

    def delivered(self, recipient: str) -> list[bytes]:
        """Return the mails delivered to a recipient, as they lie on the disk (LF line ends)."""
        if not self.maildir(recipient).exists():
            return []
        box = mailbox.Maildir(self.maildir(recipient), create=False)
        return [box.get_bytes(key) for key in sorted(box.keys())]

    def take(self, recipient: str) -> list[EmailMessage]:
        """Return the mails delivered to a recipient as Python's parser reads them, and empty the Maildir."""
        mails = [email.message_from_bytes(mail, policy=default) for mail in self.delivered(recipient)]
        shutil.rmtree(self.maildir(recipient), ignore_errors=True)
        return mails


@contextlib.contextmanager
def running_postfix(recipients: Iterable[str]) -> Iterator[Postfix]:
    """Run a Postfix that knows these recipients, and leave nothing of it behind.

    Its folder is not pytest's, which Postfix's own user may not enter.
    """
    folder = Path(tempfile.mkdtemp(prefix="mailer-postfix-"))
    folder.chmod(0o755)
    try:
        with Postfix(folder, recipients).running() as postfix:
            yield postfix
    finally:
        shutil.rmtree(folder)


def maildir_name(address: str) -> str:
    """Return the folder name of a recipient's Maildir."""
    return address.lower().replace("/", "_")


def make_folders(folder: Path) -> None:
    """Make what `postfix check` would: queue and state folders with their owners and modes, and ours beside them."""
    owner, nobody = pwd.getpwnam(postconf("mail_owner")), pwd.getpwnam("nobody")
    drop = grp.getgrnam(postconf("setgid_group")).gr_gid
    for name in ("queue", "queue/pid", "sasl"):
        (folder / name).mkdir(mode=0o755)
    for name, mode, group in (
        *((f"queue/{name}", 0o700, owner.pw_gid) for name in QUEUE_FOLDERS),
        ("queue/maildrop", 0o730, drop),
        ("queue/public", 0o710, drop),
        ("state", 0o700, owner.pw_gid),
    ):
        (folder / name).mkdir()
        (folder / name).chmod(mode)
        os.chown(folder / name, owner.pw_uid, group)
    (folder / "mail").mkdir()
    os.chown(folder / "mail", nobody.pw_uid, nobody.pw_gid)


def add_user(database: Path, username: str, password: str) -> None:
    """Write a user into a SASL database that Postfix's own user can read."""
    name, _, realm = username.partition("@")
    command = [program("saslpasswd2"), "-p", "-c", "-f", str(database), "-u", realm, name]
    subprocess.run(command, input=password.encode(), check=True, capture_output=True)
    os.chown(database, pwd.getpwnam(postconf("mail_owner")).pw_uid, -1)


def postconf(parameter: str) -> str:
    """Return a built-in value of the installed Postfix, whatever the machine's own configuration says."""
    found = subprocess.run([program("postconf"), "-dh", parameter], check=True, capture_output=True, text=True)
    return found.stdout.strip()
