"""What a refused sign-in means, in words that help."""

from __future__ import annotations

import pytest

from mailer.accounts import advice


@pytest.mark.parametrize(
    ("host", "code", "enhanced", "text", "words"),
    [
        ("smtp.gmail.com", 534, "5.7.9", "Application-specific password required.", "apppasswords"),
        ("smtp.gmail.com", 534, "5.7.14", "Please log in via your web browser", "apppasswords"),
        ("mail.example.com", 534, "5.7.9", "Application-specific password required", "wants an app password"),
        ("smtp.gmail.com", 535, "5.7.8", "Username and Password not accepted.", "Gmail wants an app password, not"),
        (
            "smtp.mail.yahoo.com",
            535,
            "5.7.0",
            "(#AUTH005) Too many bad auth attempts.",
            "Yahoo Mail wants an app password",
        ),
        ("smtp.mail.me.com", 535, "5.7.8", "Error: authentication failed", "wants an app-specific password"),
        ("smtp.qq.com", 535, "", "Login Fail.", "wants an authorization code"),
        ("smtp.web.de", 535, "", "Authentication credentials invalid", "POP3 and IMAP"),
        ("mail.example.com", 535, "5.7.8", "authentication failed", "the whole address as user name"),
        ("mail.example.com", 534, "", "no", "the whole address as user name"),
        ("smtp.office365.com", 535, "5.7.3", "Authentication unsuccessful", "Authenticated SMTP"),
        (
            "smtp.office365.com",
            535,
            "5.7.139",
            "Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
            "your whole organisation",
        ),
        (
            "smtp.office365.com",
            535,
            "5.7.139",
            "Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.",
            "off for this mailbox",
        ),
        (
            "smtp-mail.outlook.com",
            535,
            "5.7.139",
            "Authentication unsuccessful, basic authentication is disabled.",
            "sign-in in the browser (OAuth2), which this version cannot do yet",
        ),
        ("smtp.office365.com", 535, "5.7.139", "basic authentication is disabled.", "administrator"),
        ("smtp.office365.com", 550, "5.7.30", "Basic authentication is not supported for Client Submission.", "OAuth2"),
        ("smtp-mail.outlook.com", 535, "5.7.3", "Authentication unsuccessful", "cannot do yet"),
        ("smtp.example.com", 454, "4.7.0", "Temporary authentication failure", "tried again"),
        ("smtp.example.com", 421, "", "busy", "tried again"),
        ("smtp.example.com", 530, "5.7.0", "Must issue a STARTTLS command first", "starttls"),
        ("smtp.example.com", 538, "5.7.11", "Encryption required", "starttls"),
    ],
)
def test_a_refused_sign_in_is_explained(host: str, code: int, enhanced: str, text: str, words: str) -> None:
    assert words in advice(host, code, enhanced, text)


def test_a_browser_sign_in_is_followed_by_what_works_instead() -> None:
    assert "What you can use instead" in advice(
        "smtp-mail.outlook.com", 535, "5.7.139", "basic authentication is disabled"
    )


def test_a_reply_that_speaks_for_itself_gets_no_advice() -> None:
    assert advice("smtp.example.com", 500, "5.5.1", "What?") == ""


def test_advice_is_whole_sentences() -> None:
    assert advice("smtp-mail.outlook.com", 535, "5.7.8", "no").endswith(".")


@pytest.mark.parametrize("host", ["mail.example.com", "smtp.gmail.com", "smtp.office365.com"])
def test_advice_does_not_repeat_that_the_password_may_be_wrong(host: str) -> None:
    assert "password is wrong" not in advice(host, 535, "5.7.8", "no")
