/* How many characters people see, as the server counts them (visible_length in core/spelling.py): line ends
   as one, blanks at the end not counted, and what is drawn as one character is one. */

// What ends a line somewhere: Windows, old Macs, and Unicode's separators of lines, paragraphs and pages.
const LINE_END = /\r\n|[\r\v\f\x85\u2028\u2029]/g;
// Unicode's White_Space, the same list as on the server.
const BLANK = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u;
// Letters and signs of which none joins its neighbour: nearly every German text, counted without looking further.
const PLAIN = /^[\n\x20-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]*$/u;
// What belongs to the character before it: accents and vowel signs, colours of an emoji, the letters inside a flag.
const MARKS = /[\p{M}\p{Emoji_Modifier}\u{e0020}-\u{e007f}]+/gu;
const JOINED = /\u200d\p{Extended_Pictographic}?|\u200c/gu;
const FLAG = /[\u{1f1e6}-\u{1f1ff}]{2}/gu;

export function visibleLength(words) {
  const text = withoutBlanksAtTheEnd(words.replace(LINE_END, "\n"));
  if (PLAIN.test(text)) return text.length;
  // Without its marks a letter counts as one, composed or not; composing joins what is left of Korean syllables.
  const letters = text.replace(MARKS, "").normalize("NFC");
  return [...letters.replace(JOINED, "").replace(FLAG, "x")].length;
}

// An expression for blanks before the end would begin anew at each of many blanks in a row.
function withoutBlanksAtTheEnd(text) {
  let end = text.length;
  while (end && BLANK.test(text[end - 1])) end -= 1;
  return text.slice(0, end);
}
