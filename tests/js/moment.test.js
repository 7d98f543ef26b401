/* The moment of a kept text, as the server would write it. */

import assert from "node:assert/strict";
import test from "node:test";
import { moment } from "../../static/js/moment.js";

for (const zone of ["Europe/Berlin", "America/New_York", "Asia/Tokyo"]) {
  test(`a moment is told in the time of Germany on a device in ${zone}`, () => {
    const before = process.env.TZ;
    process.env.TZ = zone;
    try {
      assert.equal(moment(Date.UTC(2026, 10, 28, 13, 3)), "Samstag, 28. November um 14:03");
      assert.equal(moment(Date.UTC(2026, 10, 28, 23, 39)), "Sonntag, 29. November um 0:39");
      assert.equal(moment(Date.UTC(2026, 6, 3, 7, 5)), "Freitag, 3. Juli um 9:05");
    } finally {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    }
  });
}
