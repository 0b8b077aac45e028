"""Know the big mail providers: which server takes a user's mail, and how one signs in there.

Hosts and ports as the providers publish them, November 2026; the steps are our words.
"""

from __future__ import annotations

from typing import NamedTuple

from mailer.errors import CredentialError
from mailer.model import Account, Auth, Security

__all__ = ["PROVIDERS", "Provider", "account_at", "by_host", "by_name", "provider_for"]


class Provider(NamedTuple):
    """A provider; `domains` are those of its users' addresses (`yahoo.*` for any ending), "" none of its own.

    `steps` lead to the password that works here, called `password_name`. `obstacle` says why none does, "" if one does.
    With `spaces_are_decoration` the password is shown in groups that are typed without the spaces between them.
    """

    key: str
    name: str
    host: str
    domains: tuple[str, ...]
    steps: tuple[str, ...] = ()
    port: int = 465
    security: Security = Security.TLS
    password_name: str = "password"  # noqa: S105  # what it is called
    other_hosts: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
    signs_in_with_local_part: bool = False
    spaces_are_decoration: bool = False
    obstacle: str = ""

    def username(self, address: str) -> str:
        """Return what one signs in with: the address, or what stands before its @."""
        return address.rpartition("@")[0] if self.signs_in_with_local_part else address

    def password(self, typed: str) -> str:
        """Return the password meant by what was typed or pasted."""
        return "".join(typed.split()) if self.spaces_are_decoration else typed


APP_PASSWORD = "app password"  # noqa: S105  # what it is called

OWN_PASSWORD = ("Use the password that you sign in with on the web.",)

NO_BROWSER_SIGN_IN = (
    "{} takes mail from other programs only after a sign-in in the browser (OAuth2), which this version cannot do yet."
    " What you can use instead: an account at a provider with app passwords (Gmail, iCloud, Yahoo, Fastmail …), your"
    " internet provider's or your school's; or copy the note from `mailer show FILE --text` into the web mail"
)

NO_DOOR = (
    "{} has no SMTP for other programs. What you can use instead: another account of yours, or copy the note from"
    " `mailer show FILE --text` into its own program"
)

ZOHO_STEPS = (
    "Open accounts.zoho.com, Security, App passwords, and make one for mailer (with two-factor sign-in it is needed).",
    "For an address of your own domain give the host smtppro.zoho.com (or its .eu, .in …).",
)


def zoho(ending: str) -> Provider:
    """Return Zoho's entry for one of its regions."""
    return Provider(
        key=f"zoho-{ending}",
        name=f"Zoho Mail ({ending})",
        host=f"smtp.zoho.{ending}",
        domains=(f"zoho.{ending}", f"zohomail.{ending}"),
        steps=ZOHO_STEPS,
        password_name=APP_PASSWORD,
        other_hosts=(f"smtppro.zoho.{ending}",),
        other_names=("zoho", "zoho mail") if ending == "com" else (),
    )


PROVIDERS = (
    Provider(
        key="gmail",
        name="Gmail",
        host="smtp.gmail.com",
        domains=("gmail.com", "googlemail.com"),
        steps=(
            "Turn on 2-Step Verification: myaccount.google.com, Security.",
            "Make an app password: myaccount.google.com/apppasswords. It has 16 letters; your own password fails.",
            "Google Workspace may forbid app passwords, and Advanced Protection does; then another account is needed.",
        ),
        password_name=APP_PASSWORD,
        other_hosts=("smtp.googlemail.com",),
        other_names=("google", "google mail", "googlemail", "google workspace", "workspace"),
        spaces_are_decoration=True,
    ),
    Provider(
        key="outlook",
        name="Outlook.com",
        host="smtp-mail.outlook.com",
        domains=("outlook.*", "hotmail.*", "live.*", "msn.com", "windowslive.com", "passport.com"),
        port=587,
        security=Security.STARTTLS,
        other_hosts=("smtp.live.com", "smtp.hotmail.com"),
        other_names=("hotmail", "live", "msn", "outlook"),
        obstacle=NO_BROWSER_SIGN_IN.format("Outlook.com (Hotmail, Live, MSN)"),
    ),
    Provider(
        key="microsoft365",
        name="Microsoft 365",
        host="smtp.office365.com",
        domains=("onmicrosoft.com", "office365.com"),
        steps=(
            "Ask your administrator whether “Authenticated SMTP” is allowed for your mailbox.",
            "Use your password, or an app password where multi-factor sign-in allows one.",
            "From January 2027 Microsoft switches this sign-in off unless the administrator switches it on again.",
        ),
        port=587,
        security=Security.STARTTLS,
        other_hosts=("outlook.office365.com", "smtp.outlook.com"),
        other_names=("office365", "office 365", "m365", "exchange online"),
    ),
    Provider(
        key="icloud",
        name="iCloud",
        host="smtp.mail.me.com",
        domains=("icloud.com", "me.com", "mac.com"),
        steps=(
            "Open account.apple.com, Sign-In and Security, App-Specific Passwords, and make one for mailer.",
            "Sign in with the whole address; your Apple password does not work.",
        ),
        port=587,
        security=Security.STARTTLS,
        password_name="app-specific password",  # noqa: S106
        other_names=("apple", "apple mail", "me", "mac"),
    ),
    Provider(
        key="yahoo",
        name="Yahoo Mail",
        host="smtp.mail.yahoo.com",
        domains=("yahoo.*", "ymail.com", "rocketmail.com", "myyahoo.com"),
        steps=("Open login.yahoo.com/account/security, Generate app password, and make one for mailer.",),
        password_name=APP_PASSWORD,
        other_names=("ymail",),
        spaces_are_decoration=True,
    ),
    Provider(
        key="yahoo-japan",
        name="Yahoo! Japan",
        host="smtp.mail.yahoo.co.jp",
        domains=("yahoo.co.jp",),
        steps=("Switch on IMAP/POP/SMTP access in the mail settings and use your password.",),
        signs_in_with_local_part=True,
    ),
    Provider(
        key="aol",
        name="AOL",
        host="smtp.aol.com",
        domains=("aol.*", "aim.com", "netscape.net", "compuserve.com"),
        steps=("Open login.aol.com/account/security, Generate app password, and make one for mailer.",),
        password_name=APP_PASSWORD,
        spaces_are_decoration=True,
    ),
    Provider(
        key="att",
        name="AT&T",
        host="smtp.mail.att.net",
        domains=("att.net", "sbcglobal.net", "bellsouth.net", "ameritech.net", "pacbell.net", "swbell.net"),
        steps=("Make a secure mail key: att.com/myatt, Profile, Sign-in info.",),
        password_name="secure mail key",  # noqa: S106
        other_hosts=("outbound.att.net",),
        other_names=("at&t",),
    ),
    Provider(
        key="comcast",
        name="Comcast Xfinity",
        host="smtp.comcast.net",
        domains=("comcast.net",),
        steps=("Allow third-party access: connect.xfinity.com, Settings, Security; then use your password.",),
        other_names=("xfinity",),
    ),
    Provider(
        key="fastmail",
        name="Fastmail",
        host="smtp.fastmail.com",
        domains=("fastmail.com", "fastmail.fm", "sent.com", "messagingengine.com"),
        steps=("Open Settings, Privacy & Security, App passwords, and make one with access to mail (SMTP).",),
        password_name=APP_PASSWORD,
        other_hosts=("smtp.messagingengine.com",),
    ),
    Provider(
        key="proton",
        name="Proton Mail (Bridge)",
        host="127.0.0.1",
        domains=("proton.me", "protonmail.com", "protonmail.ch", "pm.me"),
        steps=(
            "Start Proton Mail Bridge (it needs a paid plan); host, port and password stand under the account there.",
            "Export Bridge's certificate (Settings, Advanced) and name the file in MAILER_CA_FILE.",
        ),
        port=1025,
        security=Security.STARTTLS,
        password_name="Bridge password",  # noqa: S106
        other_names=("protonmail", "proton mail", "proton bridge"),
    ),
    Provider(
        key="tuta",
        name="Tuta",
        host="",
        domains=("tuta.com", "tuta.io", "tutanota.com", "tutanota.de", "tutamail.com", "keemail.me"),
        other_names=("tutanota",),
        obstacle=NO_DOOR.format("Tuta"),
    ),
    Provider(
        key="hey",
        name="HEY",
        host="",
        domains=("hey.com",),
        obstacle=NO_DOOR.format("HEY"),
    ),
    zoho("com"),
    zoho("eu"),
    zoho("in"),
    zoho("com.au"),
    zoho("jp"),
    Provider(
        key="gmx",
        name="GMX",
        host="mail.gmx.net",
        domains=("gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.eu", "gmx.org", "gmx.info"),
        steps=(
            "Allow access by POP3 and IMAP: E-Mail, Settings (Einstellungen), POP3/IMAP.",
            "Use your password, or an application password where two-factor sign-in is on.",
        ),
    ),
    Provider(
        key="gmx-com",
        name="GMX.com",
        host="mail.gmx.com",
        domains=("gmx.*",),
        steps=("Allow access by POP3 and IMAP: E-mail, Settings, POP3 & IMAP.", *OWN_PASSWORD),
    ),
    Provider(
        key="mail.com",
        name="mail.com",
        host="smtp.mail.com",
        domains=("mail.com", "email.com", "post.com", "usa.com", "engineer.com", "consultant.com"),
        steps=("Allow access by POP3 and IMAP: E-mail, Settings, POP3 & IMAP.", *OWN_PASSWORD),
    ),
    Provider(
        key="webde",
        name="WEB.DE",
        host="smtp.web.de",
        domains=("web.de",),
        steps=(
            "Allow access by POP3 and IMAP: E-Mail, Einstellungen, POP3/IMAP.",
            "Use your password, or an application password where two-factor sign-in is on.",
        ),
        signs_in_with_local_part=True,
    ),
    Provider(
        key="t-online",
        name="Telekom (t-online.de)",
        host="securesmtp.t-online.de",
        domains=("t-online.de", "magenta.de"),
        steps=("Set a password for e-mail programs (E-Mail-Passwort) in the Telekom customer centre.",),
        password_name="e-mail password",  # noqa: S106
        other_names=("telekom",),
    ),
    Provider(
        key="mailbox.org",
        name="mailbox.org",
        host="smtp.mailbox.org",
        domains=("mailbox.org",),
        steps=(
            "Use your password; with two-factor sign-in make an application password: All settings, Security.",
            "Sign in with your main address, not an alias.",
        ),
    ),
    Provider(key="posteo", name="Posteo", host="posteo.de", domains=("posteo.*",), steps=OWN_PASSWORD),
    Provider(
        key="bluewin",
        name="Swisscom (bluewin.ch)",
        host="smtpauths.bluewin.ch",
        domains=("bluewin.ch", "bluemail.ch"),
        steps=OWN_PASSWORD,
        other_names=("swisscom",),
    ),
    Provider(
        key="orange", name="Orange", host="smtp.orange.fr", domains=("orange.fr", "wanadoo.fr"), steps=OWN_PASSWORD
    ),
    Provider(
        key="free",
        name="Free",
        host="smtp.free.fr",
        domains=("free.fr",),
        steps=OWN_PASSWORD,
        signs_in_with_local_part=True,
    ),
    Provider(
        key="laposte",
        name="La Poste",
        host="smtp.laposte.net",
        domains=("laposte.net",),
        steps=OWN_PASSWORD,
        signs_in_with_local_part=True,
    ),
    Provider(
        key="libero",
        name="Libero",
        host="smtp.libero.it",
        domains=("libero.it", "iol.it", "inwind.it", "blu.it"),
        steps=OWN_PASSWORD,
    ),
    Provider(
        key="seznam",
        name="Seznam",
        host="smtp.seznam.cz",
        domains=("seznam.cz", "email.cz", "post.cz"),
        steps=("Allow SMTP in the mail settings; with two-phase sign-in make a password for the program.",),
    ),
    Provider(
        key="yandex",
        name="Yandex",
        host="smtp.yandex.com",
        domains=("yandex.*", "ya.ru"),
        steps=(
            "Allow access for mail programs in the mail settings, and make an app password for mail at id.yandex.com.",
        ),
        password_name=APP_PASSWORD,
        other_hosts=("smtp.yandex.ru",),
    ),
    Provider(
        key="mail.ru",
        name="Mail.ru",
        host="smtp.mail.ru",
        domains=("mail.ru", "inbox.ru", "list.ru", "bk.ru"),
        steps=("Open account.mail.ru, Security, Passwords for external applications, and make one.",),
        password_name=APP_PASSWORD,
    ),
    Provider(
        key="qq",
        name="QQ Mail",
        host="smtp.qq.com",
        domains=("qq.com", "foxmail.com"),
        steps=("Switch on the SMTP service in the mail settings, Account; it gives you an authorization code.",),
        password_name="authorization code",  # noqa: S106
    ),
    Provider(
        key="163",
        name="NetEase 163",
        host="smtp.163.com",
        domains=("163.com",),
        steps=("Switch on the SMTP service in the mail settings; it gives you an authorization code.",),
        password_name="authorization code",  # noqa: S106
        other_names=("netease",),
    ),
)


def provider_for(address_or_domain: str) -> Provider | None:
    """Return the provider of an address by its domain; None for one that is not known, such as a company's own."""
    domain = address_or_domain.rpartition("@")[2].strip().lower().removesuffix(".")
    for provider in PROVIDERS:
        if domain in provider.domains:
            return provider
    family, _, ending = domain.partition(".")
    is_ending = ending.count(".") < 2 and all(1 < len(label) < 4 for label in ending.split("."))  # fr, com, co.uk
    return next((p for p in PROVIDERS if is_ending and f"{family}.*" in p.domains), None)


def by_host(host: str) -> Provider | None:
    """Return the provider whose server this is; None for a server of somebody else, and for this machine."""
    wanted = host.strip().lower().removesuffix(".")
    return next((p for p in PROVIDERS if wanted in (p.host, *p.other_hosts) and p.key != "proton" and wanted), None)


def by_name(name: str) -> Provider | None:
    """Return the provider that people call so: `gmail`, `Google Workspace`, `Microsoft 365`; None for no one's name."""
    wanted = _folded(name)
    names = (((_folded(n) for n in (p.key, p.name, *p.other_names)), p) for p in PROVIDERS)
    return next((p for known, p in names if wanted in known), None)


def account_at(provider: Provider, address: str) -> Account:
    """Return the account that an address has at its provider.

    Raises CredentialError, with what can be used instead, for a provider where no password works.
    """
    if provider.obstacle:
        raise CredentialError(provider.obstacle)
    return Account(
        host=provider.host,
        port=provider.port,
        security=provider.security,
        auth=Auth.PASSWORD,
        username=provider.username(address),
    )


def _folded(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())
