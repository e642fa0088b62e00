// A kernel that is edited cell by cell, and an image of few numbers likewise; `fits(rows)` says what may be pasted.
"use strict";
latentdemo.numberGrid = (place, label, fits, changed) => {
  const {make} = latentdemo.paint, {plane, parse, write} = latentdemo.arithmetic;
  let values = plane(1, 1);

  // With `ring` a border of so many cells that are not edited is laid around.
  function set(next, ring = 0) {
    values = next;
    const cell = (i, j) => i < 0 || j < 0 || i >= next.height || j >= next.width ? make("td", {class: "padding"})
      : make("td", {}, make("input", {value: write(next.values[i * next.width + j]), "aria-label": `${label}, row ${i}, column ${j}`}));
    const rows = Array.from({length: next.height + 2 * ring}, (_, i) =>
      make("tr", {}, ...Array.from({length: next.width + 2 * ring}, (_, j) => cell(i - ring, j - ring))));
    place.replaceChildren(make("table", {class: `matrix numbers ${next.width > 5 ? "many" : ""}`, "data-ring": `${ring}`}, ...rows));
  }

  function read() {
    let good = true;
    place.querySelectorAll("input").forEach((input, i) => {
      const value = parse(input.value);
      input.setAttribute("aria-invalid", String(Number.isNaN(value)));
      if (Number.isNaN(value)) good = false; else values.values[i] = value;
    });
    changed(values, good);
  }

  place.addEventListener("input", read);
  place.addEventListener("paste", event => {
    const rows = event.clipboardData.getData("text").split(/[;\n]/).map(row => row.replace(/[[\]]/g, " ").replace(/,/g, " ").trim()).filter(Boolean)
      .map(row => row.split(/\s+/).map(parse));
    if (rows.flat().length < 2) return;
    event.preventDefault();
    const wrong = rows.flat().some(Number.isNaN) || rows.some(row => row.length !== rows[0].length) || !fits(rows);
    if (wrong) return changed(values, false);
    set(latentdemo.arithmetic.fromRows(rows));
    changed(values, true);
  });
  place.addEventListener("keydown", event => { // up and down walk the column; left and right stay in the text
    const by = {ArrowUp: -values.width, ArrowDown: values.width, Enter: values.width}[event.key];
    if (!by) return;
    const inputs = [...place.querySelectorAll("input")], next = inputs[inputs.indexOf(event.target) + by];
    event.preventDefault();
    next?.focus();
    next?.select();
  });
  place.addEventListener("focusin", event => event.target.select?.());

  return {set, get values() { return values; }};
};
