// What is asked of the HTML of every page (tests/test_pages.py): everything html-validate recommends, except as said here.
export default {
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    // "list" is allowed on lists, and a list of figures is named that way.
    "aria-label-misuse": ["error", { allowAnyNamable: true }],
    // Ticks of one question share a name, and so do the hidden identifiers of rows: that is how a list is sent.
    "form-dup-name": "off",
    // A title begins with people's own words: what a team, a section or a workshop is called.
    "long-title": "off",
    // Lines that hold nothing but a tag of a template leave their blanks behind.
    "no-trailing-whitespace": "off",
    // The frame that is shoved sideways is a region with a name; it is no section of the text.
    "prefer-native-element": ["error", { exclude: ["region"] }],
    // A section that is only read keeps its form without a button; the logout beside a second factor has its own outside.
    "wcag/h32": "off",
  },
};
