/* The counter beneath the idea of a registration. */

import { showLength, whenever } from "./counter.js";

const counter = document.querySelector("[data-count]");
const idea = counter && document.getElementById(counter.dataset.count);
if (idea) whenever(idea, () => showLength(counter, idea.value));
