"""Every pattern is held against its own sample, and the words it needs against a search without them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.checks import topics
from mailer.checks.lint import GAPS, MARKS, STALE
from mailer.checks.phrases import Phrase, compiled, hits, may_match, squeezed
from mailer.checks.words import straighten
from tests.unit.checks.worked import FILES, worked

TABLES = {name: getattr(topics, name) for name in topics.__all__}
PHRASES = [*STALE, *GAPS, *MARKS, *(phrase for table in TABLES.values() for phrase in table)]


def unfiltered(text):
    """Return what all patterns find when every one of them is tried: the oracle."""
    return [(p.id, m.span()) for p in PHRASES for m in compiled(p.regex, p.flags).finditer(text)]


def filtered(text):
    return [(p.id, m.span()) for p, m in hits(PHRASES, text)]


def ids(phrase: Phrase) -> str:
    return phrase.id


@pytest.mark.parametrize("phrase", PHRASES, ids=ids)
def test_a_pattern_finds_its_own_sample(phrase):
    assert compiled(phrase.regex, phrase.flags).search(phrase.sample)


@pytest.mark.parametrize("phrase", [p for p in PHRASES if p.clean], ids=ids)
def test_a_pattern_leaves_its_clean_text_alone(phrase):
    assert not compiled(phrase.regex, phrase.flags).search(phrase.clean)


@pytest.mark.parametrize("phrase", [*GAPS, *MARKS], ids=ids)
def test_every_gap_and_mark_says_what_it_leaves_alone(phrase):
    assert phrase.clean


@pytest.mark.parametrize("phrase", PHRASES, ids=ids)
def test_the_words_a_pattern_needs_never_hide_its_sample(phrase):
    assert may_match(phrase, squeezed(phrase.sample))


@pytest.mark.parametrize("phrase", PHRASES, ids=ids)
def test_the_words_a_pattern_needs_are_written_as_they_are_looked_for(phrase):
    assert all(need == squeezed(need)[1:] or need.strip() in squeezed(need) for need in (*phrase.needs, *phrase.also))


@pytest.mark.parametrize("phrase", [*STALE, *GAPS, *MARKS], ids=ids)
def test_every_phrase_says_why_and_what_is_better(phrase):
    assert phrase.why
    assert phrase.better


def test_ids_are_unique():
    assert len({phrase.id for phrase in PHRASES}) == len(PHRASES)


@pytest.mark.parametrize("name", FILES)
def test_worked_notes_give_the_same_with_and_without_the_filter(name):
    for composition in worked(name).compositions:
        text = straighten(composition.text)
        assert filtered(text) == unfiltered(text)


SAMPLES = st.sampled_from([text for p in PHRASES for text in (p.sample, p.clean) if text])
CHARACTERS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)
SPACES = st.sampled_from([" ", "\n", "\n\n", "\u00a0", "\t", "  ", ""])


@given(st.lists(st.tuples(SAMPLES | CHARACTERS, SPACES), max_size=6))
def test_any_mix_of_samples_gives_the_same_with_and_without_the_filter(parts):
    text = straighten("".join(part for pair in parts for part in pair))

    assert filtered(text) == unfiltered(text)


@given(SAMPLES, st.sampled_from(["upper", "swapcase", "title", "casefold"]))
def test_samples_in_other_cases_give_the_same_with_and_without_the_filter(sample, change):
    text = getattr(sample, change)()

    assert filtered(text) == unfiltered(text)


@given(SAMPLES, st.data())
def test_samples_with_letters_that_fold_give_the_same_with_and_without_the_filter(sample, data):
    twins = {"i": "ıİ", "s": "ſ", "k": "\u212a", " ": "\u2003\u00a0\n"}
    places = [i for i, c in enumerate(sample) if c in twins]
    if places:
        at = data.draw(st.sampled_from(places))
        sample = sample[:at] + data.draw(st.sampled_from(twins[sample[at]])) + sample[at + 1 :]
    text = straighten(sample)

    assert filtered(text) == unfiltered(text)


@given(st.integers(0, 200), SAMPLES, st.integers(1, 12))
def test_cut_samples_give_the_same_with_and_without_the_filter(start, sample, length):
    text = sample[start % max(len(sample), 1) :][: len(sample) - length]

    assert filtered(text) == unfiltered(text)


def test_no_pattern_is_compiled_when_no_needed_word_is_there(monkeypatch):
    compiled.cache_clear()
    tried = []
    monkeypatch.setattr(re, "compile", lambda *args: tried.append(args))

    assert list(hits(PHRASES, "Plain words.")) == []
    assert tried == []
