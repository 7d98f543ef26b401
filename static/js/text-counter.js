/* The counter beneath a text that has one, of a section or of the idea of a registration: `data-count` names the field. */

import { showLength, whenever } from "./counter.js";

const counter = document.querySelector("[data-count]");
const text = counter && document.getElementById(counter.dataset.count);
if (text) whenever(text, () => showLength(counter, text.value));
