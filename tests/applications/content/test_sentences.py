"""Where sentences end, and taking several texts apart at once."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from applications.content.sentences import sentences, sentences_of

texts = st.lists(st.sampled_from(["Wir kochen.", "z. B.", "am 3. Mai", "?!", "…", '"', " ", "\n", "\n\n", "- "])).map(
    "".join
)


@given(text=texts)
def test_no_letter_of_a_text_is_lost_or_moved(text):
    assert "".join(sentences(text)) == text


@example(first="Eins. \n\nZwei.", second="Eins.\n \nZwei.")
@given(first=texts, second=texts)
def test_texts_taken_apart_at_once_are_as_each_by_itself(first, second):
    assert sentences_of(first, second, first + second) == [sentences(text) for text in (first, second, first + second)]
