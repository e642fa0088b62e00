// One kernel on one image: any setting, the whole result, and the arithmetic of the place under the pointer.
"use strict";
latentdemo.bench = element => {
  const {draw, average, matrix, signedMatrix, signedCell, greyCell, roles, options, size, player} = latentdemo.paint;
  const {fromRows, convolve, step, turn, scale, map, range, number, parse, plane, write} = latentdemo.arithmetic;
  const PHOTO = "Your image", WEBCAM = "Webcam", GRID = "Small grid", OWN = "your own", GREY = "grey", EACH = "each colour";
  const SIGNED = "in signed colours", CLIPPED = "as an image";
  const UNITS = {"0 … 255": 255, "0 … 1": 1};
  const NONE = "none";
  const OUTSIDE = {[NONE]: "zero", "zeros": "zero", "the image mirrored": "reflect", "the border repeated": "replicate"};
  const MOST_RING = 3; // cells
  const role = roles(element), panel = element.querySelector(".panel"), grids = {};
  let stage = null, at = [0, 0], rate = 0;
  let source = null; // the picture that the result is of
  let input = null, output = null, kernel = null, given = null; // what is on screen, and the settings that made it

  // ---- what is set --------------------------------------------------------------------------------------------
  const isGrid = () => role.source.value === GRID;
  const unit = () => isGrid() ? 1 : UNITS[role.unit.value];
  const whole = (name, least) => {
    const value = Number(role[name].value);
    if (!Number.isInteger(value) || value < least || value > 64 || role[name].value.trim() === "")
      throw new RangeError(`The ${name} is ${role[name].value || "empty"}; it must be a whole number of ${least} … 64 pixels.`);
    return value;
  };
  const typed = name => {
    const value = parse(role[name].value);
    if (Number.isNaN(value)) throw new RangeError(`The ${name} is “${role[name].value}”; it must be a number within ±1000.`);
    return value;
  };
  const settings = () => ({stride: whole("stride", 1), padding: whole("padding", 0), dilation: whole("dilation", 1),
                           outside: OUTSIDE[role.outside.value]});

  // "none" and a width of 0 are the same thing said twice: whichever is set, the other follows.
  function follow(changed) {
    const none = role.outside.value === NONE, zero = Number(role.padding.value) === 0;
    if (changed === "outside" && none !== zero) role.padding.value = none ? 0 : 1;
    if (changed === "padding" && none !== zero) role.outside.value = zero ? NONE : "zeros";
  }

  function setKernel(values, divisor, name) {
    grids.kernel.set(values);
    role.divisor.value = write(divisor);
    role.size.value = String(values.height);
    nameKernel(name);
  }

  function nameKernel(name) {
    const found = stage.kernels.find(kernel => kernel.name === name);
    options(role.preset, [...stage.kernels.map(kernel => kernel.name), OWN], name);
    role.meaning.textContent = found ? found.meaning : "A matrix of your own.";
  }

  const isPreset = values => preset => preset.rows.length === values.height && Math.abs(preset.divisor - parse(role.divisor.value)) < 1e-9 &&
    preset.rows.flat().every((value, i) => value === values.values[i]);
  const flipped = () => stage.kernels.find(isPreset(turn(grids.kernel.values)));

  function recognise() {
    const found = stage.kernels.find(isPreset(grids.kernel.values));
    nameKernel(found?.name || OWN);
    if (!found && flipped()) role.meaning.textContent = `${flipped().name}, turned by 180°.`;
  }

  // The planes that are convolved, in the unit of the values: bytes as whole numbers, so that sums are exact.
  function readImage() {
    if (isGrid()) return [grids.image.values];
    const planes = role.colour.value === GREY ? [stage.live.grey] : stage.live.planes;
    return unit() === 1 ? planes : planes.map(one => map(one, value => Math.round(255 * value)));
  }

  // ---- the whole result ---------------------------------------------------------------------------------------
  function show() {
    if (!stage) return;
    try {
      const asked = {...settings(), bias: typed("bias"), unit: unit()}, divisor = typed("divisor");
      if (divisor === 0) throw new RangeError("The divisor is 0; every number of the kernel is divided by it.");
      if (isGrid() && asked.padding > MOST_RING) throw new RangeError(`The padding is ${asked.padding}; around the small grid at most ${MOST_RING} can be shown.`);
      const made = scale(grids.kernel.values, 1 / divisor);
      const planes = readImage();
      const now = role.source.value === WEBCAM ? WEBCAM : stage.live;
      if (input && source !== now) forget(planes);
      source = now;
      const results = planes.map(one => map(convolve(one, made, asked), value => value + asked.bias));
      [input, output, kernel, given] = [planes, results, made, asked];
      role.problem.hidden = true;
      showResult();
      go(...at);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const hint = error.message.startsWith("The kernel reaches") ? "Add padding, or choose a smaller kernel." : "";
      role.problem.textContent = `${error.message} ${output ? "The result is still the one before." : hint}`;
      role.problem.hidden = false;
    }
  }

  // Another image came: nothing of the old one's result may stand beside it, should the new one have none.
  function forget(planes) {
    output = null;
    if (!isGrid()) draw(role.input, planes.map(one => scale(one, 1 / unit())));
    role.output.getContext("2d").clearRect(0, 0, role.output.width, role.output.height);
    role.sum.replaceChildren();
    for (const name of ["total", "place", "formula", "range", "kind", "code", "output-note"]) role[name].textContent = "";
    role["input-note"].textContent = `Input ${size(planes[0])}`;
  }

  function showResult() {
    const shown = average(output), {low, limit} = range(shown);
    const signed = role.shown.value === SIGNED && low < 0; // a picture without negative values is drawn as one
    panel.classList.toggle("grid", isGrid());
    if (!isGrid()) {
      draw(role.input, input.map(one => scale(one, 1 / unit())));
      draw(role.output, signed ? [shown] : output.map(one => scale(one, 1 / unit())), signed ? limit : null);
    }
    const camera = role.source.value === WEBCAM && rate ? `, ${rate} pictures/s` : "";
    const preset = flipped()?.name, divisor = parse(role.divisor.value);
    const words = latentdemo.benchWords(input, output, kernel, given, {signed, isGrid: isGrid(), camera, preset});
    Object.entries(words).forEach(([name, text]) => { role[name].textContent = text; });
    role.code.textContent = latentdemo.benchCode(input, grids.kernel.values, divisor, given, isGrid());
  }

  // ---- one place ----------------------------------------------------------------------------------------------
  function go(row, column) {
    if (!output) return;
    const {height, width} = output[0], {bias, unit: units} = given;
    at = [Math.max(0, Math.min(height - 1, row)), Math.max(0, Math.min(width - 1, column))];
    const found = step(average(input), kernel, ...at, given);
    const padded = i => found.inside[i] ? "" : "padding", {limit} = range(found.products);
    const parts = [matrix(found.patch, isGrid() ? "image" : input.length === 3 ? "image, mean of the colours" : "image", value => isGrid() ? "" : greyCell(value / units), padded), "×",
                   signedMatrix(kernel, "kernel"), "=", matrix(found.products, "products", value => signedCell(value, limit))];
    role.sum.replaceChildren(...parts.map(part => typeof part === "string" ? latentdemo.paint.make("span", {class: "operator"}, part) : part));
    const end = bias ? `${number(found.total)}; with the bias: ${number(found.total + bias)}` : number(found.total);
    role.total.textContent = `Sum of the products: ${end}.`;
    role.place.textContent = `Row ${at[0]}, column ${at[1]} of the output${found.inside.every(Boolean) ? "" : "; hatched: padding"}.`;
    if (isGrid()) return latentdemo.benchSheets(role, input[0], output[0], kernel, given, at, grids.image);
    const reach = given.dilation * (kernel.height - 1) + 1;
    box(role.field, input[0], at[0] * given.stride - given.padding, at[1] * given.stride - given.padding, reach);
    box(role.spot, output[0], at[0], at[1], 1);
  }

  function box(spot, {height, width}, top, left, side) {
    Object.assign(spot.style, {left: `${100 * left / width}%`, top: `${100 * top / height}%`,
                               width: `${100 * side / width}%`, height: `${100 * side / height}%`});
  }

  function point(event) {
    const box = role.output.getBoundingClientRect(), {height, width} = output[0];
    go(Math.floor((event.clientY - box.top) / box.height * height), Math.floor((event.clientX - box.left) / box.width * width));
  }

  function walk() { // a photograph in steps of a sixteenth, a grid cell by cell
    if (!output) return;
    const {height, width} = output[0], [by, down] = isGrid() ? [1, 1] : [Math.max(1, width >> 4), Math.max(1, height >> 4)];
    if (at[1] + by < width) go(at[0], at[1] + by); else go(at[0] + down < height ? at[0] + down : 0, 0);
  }

  // ---- wiring -------------------------------------------------------------------------------------------------
  role.output.onpointermove = role.output.onpointerdown = event => { if (output) point(event); };
  role["output-sheet"].onpointerover = event => {
    const cell = event.target.closest("td");
    if (cell) go(cell.parentElement.rowIndex, cell.cellIndex);
  };
  for (const name of ["output", "output-sheet"]) role[name].onkeydown = event => {
    const by = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}[event.key];
    if (!by) return;
    event.preventDefault();
    go(at[0] + by[0], at[1] + by[1]);
  };
  player(role.play, walk, 400);
  for (const name of ["stride", "dilation", "bias"]) role[name].oninput = show;
  role.padding.oninput = () => { follow("padding"); show(); };
  role.outside.onchange = () => { follow("outside"); show(); };
  role.divisor.oninput = () => { recognise(); show(); };
  for (const name of ["colour", "unit", "shown"]) role[name].onchange = show;
  role.preset.onchange = () => {
    const preset = stage.kernels.find(kernel => kernel.name === role.preset.value);
    if (preset) setKernel(fromRows(preset.rows), preset.divisor, preset.name);
    show();
  };
  role.size.onchange = () => {
    const k = Number(role.size.value), old = grids.kernel.values, next = plane(k, k);
    const grown = (a, b) => a % 2 ? Math.floor((b - a) / 2) : Math.ceil((b - a) / 2); // the middle stays the middle
    const off = k >= old.height ? grown(old.height, k) : -grown(k, old.height);
    for (let i = 0; i < old.height; i++) for (let j = 0; j < old.width; j++)
      if (i + off >= 0 && j + off >= 0 && i + off < k && j + off < k) next.values[(i + off) * k + j + off] = old.values[i * old.width + j];
    grids.kernel.set(next);
    recognise();
    show();
  };
  role.normalise.onclick = () => {
    const values = [...grids.kernel.values.values], sum = values.reduce((a, b) => a + b, 0);
    const magnitude = values.reduce((a, b) => a + Math.abs(b), 0);
    role.divisor.value = write(Math.abs(sum) > 1e-9 ? sum : magnitude || 1);
    recognise();
    show();
  };
  role.turn.onclick = () => { grids.kernel.set(turn(grids.kernel.values)); recognise(); show(); };
  const refuse = why => { role.problem.textContent = `${why} The result is still the one before.`; role.problem.hidden = false; };
  grids.kernel = latentdemo.numberGrid(role.cells, "Kernel", rows => rows.length === rows[0].length && rows.length <= 7, (values, good) => {
    if (!good) return refuse("A cell of the kernel does not hold a number within ±1000, or what was pasted is not a square matrix of at most 7 × 7.");
    role.size.value = String(values.height);
    recognise();
    show();
  });
  grids.image = latentdemo.numberGrid(role["input-sheet"], "Image", rows => Math.max(rows.length, rows[0].length) <= 10, (_, good) => {
    if (!good) return refuse("A cell of the image does not hold a number within ±1000, or what was pasted has more than 10 × 10 numbers.");
    role.meaning.textContent = "Numbers of your own.";
    show();
  });

  function takeExample() {
    const example = stage.examples.find(example => example.name === role.example.value);
    grids.image.set(fromRows(example.image));
    role.stride.value = example.stride;
    role.padding.value = example.padding;
    follow("padding");
    role.dilation.value = 1;
    role.bias.value = "0";
    at = [0, 0];
    setKernel(fromRows(example.kernel), 1, OWN);
    recognise();
    role.meaning.textContent = example.meaning;
    show();
  }
  role.example.onchange = takeExample;
  const camera = latentdemo.camera(
    picture => { stage.live = picture; show(); },
    text => { role.problem.textContent = text; role.problem.hidden = !text; },
    now => { rate = now; });
  role.source.onchange = () => {
    role["example-label"].hidden = !isGrid();
    panel.classList.toggle("grid", isGrid());
    at = [0, 0];
    if (role.source.value === WEBCAM) camera.start(element); else camera.stop();
    stage.live = stage.picture;
    recognise();
    if (isGrid()) takeExample(); else strongest();
  };

  function strongest() { // begin where the result is farthest from 0, not in a corner
    show();
    if (!output) return;
    const {values, width} = average(output);
    const best = values.reduce((most, value, i) => Math.abs(value) > Math.abs(values[most]) ? i : most, 0);
    go(Math.floor(best / width), best % width);
  }

  role.more.open = innerWidth >= 1300; // on small screens the picture comes first
  options(role.source, [PHOTO, WEBCAM, GRID], PHOTO);
  options(role.outside, Object.keys(OUTSIDE), NONE);
  options(role.colour, [GREY, EACH], GREY);
  options(role.unit, Object.keys(UNITS), "0 … 255");
  options(role.shown, [SIGNED, CLIPPED], SIGNED);
  options(role.size, [1, 2, 3, 4, 5, 6, 7].map(String), "3");
  latentdemo.stage.join(next => {
    const first = !stage;
    stage = {...next, live: next.picture};
    if (first) {
      options(role.example, next.examples.map(example => example.name));
      const preset = next.kernels.find(kernel => kernel.name === next.first);
      setKernel(fromRows(preset.rows), preset.divisor, preset.name);
    }
    if (role.source.value !== PHOTO) return;
    strongest();
  });
};
