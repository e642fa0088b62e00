// Transposed convolution: every input pixel lays down a copy of the kernel, times its value; the copies add up.
"use strict";
latentdemo.transposed = element => {
  const {make, matrix, signedCell, roles, options, size, player} = latentdemo.paint;
  const {fromRows, transposedConvolve, copies, map, range, number, plane} = latentdemo.arithmetic;
  const MOST = 16; // copies drawn
  const role = roles(element), grids = {};
  let examples = [], current = 0;

  function show() {
    const stride = Number(role.stride.value), padding = Number(role.padding.value);
    try {
      if (!Number.isInteger(stride) || stride < 1 || stride > 4) throw new RangeError(`The stride is ${role.stride.value || "empty"}; it must be a whole number of 1 … 4.`);
      if (!Number.isInteger(padding) || padding < 0 || padding > 4) throw new RangeError(`What is cut off is ${role.padding.value || "empty"}; it must be a whole number of 0 … 4 pixels.`);
      const input = grids.input.values, kernel = grids.kernel.values;
      if (kernel.height !== kernel.width) throw new RangeError(`The kernel has ${kernel.height} rows of ${kernel.width} numbers; it must be square.`);
      const output = transposedConvolve(input, kernel, stride, padding);
      role.problem.hidden = true;
      draw(input, kernel, output, stride, padding);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      role.problem.textContent = `${error.message} The result is still the one before.`;
      role.problem.hidden = false;
    }
  }

  function draw(input, kernel, output, stride, padding) {
    const all = copies(input, kernel, stride), ones = one => map(one, () => 1);
    const overlap = transposedConvolve(ones(input), ones(kernel), stride, padding);
    current = Math.min(current, all.length - 1);
    const copy = all[current], k = kernel.height, {limit} = range(output);
    const marked = i => {
      const y = Math.floor(i / output.width) + padding - copy.top, x = i % output.width + padding - copy.left;
      return y >= 0 && x >= 0 && y < k && x < k ? "under" : "";
    };
    role.output.replaceChildren(matrix(output, size(output), value => signedCell(value, limit), marked));
    const most = range(overlap).high;
    role.overlap.replaceChildren(matrix(overlap, size(overlap), value => signedCell(value, most), marked));
    element.querySelectorAll("[data-role=input] td").forEach((cell, i) => cell.classList.toggle("under", i === current));
    const at = `row ${Math.floor(current / input.width)}, column ${current % input.width}`;
    role.copy.textContent = `Input pixel ${at} is ${number(copy.factor)}: ${number(copy.factor)} × kernel is laid at row ${copy.top}, column ${copy.left}` +
      (padding ? ` (before ${padding} are cut off on every side). ` : ". ") + (all.length > MOST ? "" : "The copies before they are added:");
    role.copies.replaceChildren(...(all.length > MOST ? [] : all.flatMap((one, i) => {
      const sheet = plane(output.height + 2 * padding, output.width + 2 * padding);
      for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) sheet.values[(one.top + a) * sheet.width + one.left + b] = one.values.values[a * k + b];
      const inside = j => { const y = Math.floor(j / sheet.width) - one.top, x = j % sheet.width - one.left; return y >= 0 && x >= 0 && y < k && x < k; };
      const table = matrix(sheet, `${number(one.factor)} × kernel`, (value, j) => inside(j) ? signedCell(value, limit) : "", j => inside(j) ? "" : "empty");
      if (i === current) table.classList.add("current");
      return i ? [make("span", {class: "operator"}, "+"), table] : [table];
    })));
    const counts = new Set(middle(overlap)), uneven = k % stride > 0;
    role.note.textContent = `Output size: (n − 1)·stride + k − 2·cut off = (${input.width} − 1)·${stride} + ${k} − 2·${padding} = ${output.width}. ` +
      (uneven && counts.size > 1 ? `Away from the border ${[...counts].sort((a, b) => a - b).join(", ")} copies meet by turns: k = ${k} is no multiple of the stride ${stride}, and a uniform input gives a checkerboard.`
        : `Away from the border ${[...counts].join()} ${counts.has(1) ? "copy covers" : "copies meet in"} every pixel${stride > 1 ? `: k = ${k} is a multiple of the stride ${stride}, no checkerboard` : ""}.`);
  }

  // Counts where no border takes copies away; the middle pixel of a small sheet.
  function middle(overlap) {
    const [down, right] = [overlap.height, overlap.width].map(n => Math.min(grids.kernel.values.height - 1, Math.floor((n - 1) / 2)));
    const out = [];
    for (let i = down; i < overlap.height - down; i++) for (let j = right; j < overlap.width - right; j++) out.push(overlap.values[i * overlap.width + j]);
    return out;
  }

  function take() {
    const example = examples.find(example => example.name === role.example.value);
    grids.input.set(fromRows(example.image));
    grids.kernel.set(fromRows(example.kernel));
    role.stride.value = example.stride;
    role.padding.value = example.padding;
    role.meaning.textContent = example.meaning;
    current = example.image.flat().findIndex(value => value !== 0); // a copy of zeros shows nothing
    show();
  }

  const small = most => rows => Math.max(rows.length, rows[0].length) <= most;
  const changed = (_, good) => {
    if (good) return show();
    role.problem.textContent = "A cell does not hold a number within ±1000, or what was pasted does not fit. The result is still the one before.";
    role.problem.hidden = false;
  };
  grids.input = latentdemo.numberGrid(role.input, "Input", small(8), changed);
  grids.kernel = latentdemo.numberGrid(role.kernel, "Kernel", rows => small(7)(rows) && rows.length === rows[0].length, changed);
  role.input.addEventListener("pointerover", event => {
    const cell = event.target.closest("td");
    if (!cell) return;
    current = cell.parentElement.rowIndex * grids.input.values.width + cell.cellIndex;
    show();
  });
  role.stride.oninput = role.padding.oninput = show;
  role.example.onchange = take;
  player(role.play, () => { current = (current + 1) % grids.input.values.values.length; show(); }, 900);
  latentdemo.stage.join(next => {
    if (examples.length) return;
    examples = next.transposed;
    options(role.example, examples.map(example => example.name));
    take();
  });
};
