"""Show which URLs of a PostgreSQL are read, and that no error repeats a password."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.database import address


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ada@db.example.com/mailer", "postgresql://ada@db.example.com/mailer"),
        ("postgres://ada@db.example.com:5433/mailer", "postgresql://ada@db.example.com:5433/mailer"),
        ("postgresql://ada:hunter2@db.example.com/mailer", "postgresql://ada@db.example.com/mailer"),
        ("postgresql://ada:a%40b%2Fc@[::1]:5432/m?sslmode=require", "postgresql://ada@[::1]:5432/m"),
        ("postgresql:///mailer?host=/run/postgresql", "postgresql:///mailer"),
        (
            "postgresql://a@one:5432,two:5432/mailer?target_session_attrs=primary",
            "postgresql://a@one:5432,two:5432/mailer",
        ),
        ("postgresql://db.example.com", "postgresql://db.example.com/"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, shown: str):
    assert address.read(url).shown == shown


@pytest.mark.parametrize(
    ("url", "secrets"),
    [
        ("postgresql://ada@db/mailer", ()),
        ("postgresql://ada:hunter2@db/mailer", ("hunter2",)),
        ("postgresql://ada@db/mailer?password=hunter2&sslpassword=x", ("hunter2", "x")),
    ],
)
def test_every_secret_of_an_address_is_known(url: str, secrets: tuple[str, ...]):
    assert address.read(url).secrets == secrets


@pytest.mark.parametrize(
    "url",
    [
        "mysql://ada:hunter2@db/mailer",
        "postgresql://ada:hun@ter2@db/mailer",
        "postgresql://ada:hun/ter2@db/mailer",
        "postgresql://ada:hunter2#@db/mailer",
        "postgresql://ada:hunter2%@db/mailer",
        "postgresql://ada:hunter2%zz@db/mailer",
        "postgresql://ada:hunter2 @db/mailer",
        "postgresql://ada:hunter2/mailer",
        "postgresql://ada:hünter2@db/mailer",
        "postgresql://ada:hunter2@db/mailer\n",
    ],
)
def test_what_libpq_could_misread_is_refused_without_repeating_it(url: str):
    with pytest.raises(ValueError, match=r"^(is|has) ") as refused:
        address.read(url)

    assert "ter2" not in str(refused.value)


@given(password=st.text(min_size=8))
def test_no_error_repeats_any_part_of_a_password(password: str):
    try:
        said = address.read(f"postgresql://ada:{password}@db.example.com/mailer").shown
    except ValueError as error:
        said = str(error)

    assert password not in said
