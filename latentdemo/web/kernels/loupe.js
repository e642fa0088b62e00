// An image is numbers: the values around the pointer as a grid.
"use strict";
latentdemo.loupe = element => {
  const {make, draw, roles, greyCell, CHANNELS} = latentdemo.paint, {number, plane} = latentdemo.arithmetic;
  const ROWS = 9, MOST = 9; // pixels under the loupe, on wide screens
  let columns = MOST;
  const SCALES = {
    "0 … 255": {of: value => Math.round(value * 255), dtype: "uint8", bytes: 1, limits: [0, 255], cell: 66},
    "0 … 1": {of: value => value, dtype: "float32", bytes: 4, limits: [0, 1], cell: 90},
    "−1 … 1": {of: value => 2 * value - 1, dtype: "float32", bytes: 4, limits: [-1, 1], cell: 104},
  };
  const FORMULAS = {"0 … 255": "One byte a channel, as this page holds your image", "0 … 1": "x / 255", "−1 … 1": "2 · x / 255 − 1"};
  const role = roles(element), canvas = element.querySelector("canvas");
  let picture = null, original = [0, 0], row = 0, column = 0;

  const chosen = () => {
    const name = role.channel.value, index = CHANNELS.indexOf(name);
    return index < 0 || picture.planes.length === 1 ? picture.grey : picture.planes[index];
  };

  function numbers() {
    const scale = SCALES[role.scale.value], values = chosen(), colour = CHANNELS.indexOf(role.channel.value);
    const top = row - (ROWS - 1) / 2, left = column - (columns - 1) / 2;
    const rows = Array.from({length: ROWS}, (_, a) => make("tr", {}, make("th", {}, inside(top + a, picture.height) ? `${top + a}` : ""),
      ...Array.from({length: columns}, (_, b) => {
        const [i, j] = [top + a, left + b];
        if (!inside(i, picture.height) || !inside(j, picture.width)) return make("td", {class: "beyond"}, "\u00a0");
        const value = values.values[i * picture.width + j];
        const css = i === row && j === column ? "here" : "";
        return make("td", {style: tint(value, colour), class: css}, format(scale, value));
      })));
    const head = make("tr", {}, make("th"), ...Array.from({length: columns}, (_, b) => make("th", {}, inside(left + b, picture.width) ? `${left + b}` : "")));
    role.grid.replaceChildren(make("table", {class: "matrix loupe"}, head, ...rows));
  }

  const inside = (i, n) => i >= 0 && i < n;
  const format = (scale, value) => scale.dtype === "uint8" ? number(scale.of(value)) : scale.of(value).toFixed(3).replace("-", "−");
  function tint(value, colour) {
    if (colour < 0) return greyCell(value);
    const channels = [0, 0, 0].map((_, c) => c === colour ? Math.round(255 * value) : 0);
    return `background-color:rgb(${channels.join()});color:${colour === 1 && value > 0.55 ? "#000" : "#fff"}`;
  }

  function facts() {
    const scale = SCALES[role.scale.value], colour = CHANNELS.indexOf(role.channel.value);
    const depth = picture.planes.length, n = picture.height * picture.width * depth;
    const {low, high} = latentdemo.arithmetic.range(chosen());
    const at = picture.planes.map(values => format(scale, values.values[row * picture.width + column])).join(", ");
    role.place.textContent = `Row ${row}, column ${column}: ${depth === 3 ? "(red, green, blue) = " : ""}(${at})`;
    role.shape.textContent = `shape (${picture.height}, ${picture.width}, ${depth}) = height, width, channels; dtype ${scale.dtype}; ` +
      `${n.toLocaleString("en")} numbers, ${(n * scale.bytes).toLocaleString("en")} bytes. ` +
      `${colour < 0 ? "Grey" : role.channel.value.replace(/^./, first => first.toUpperCase())} runs from ${format(scale, low)} to ${format(scale, high)}; ${scale.limits.map(number).join(" … ")} is possible.`;
    const shrunk = original[0] === picture.height ? "" : `Your image, ${original[1]} × ${original[0]}, is shrunk to ${picture.width} × ${picture.height} here. `;
    role.scales.textContent = shrunk + `${FORMULAS[role.scale.value]}. The scale changes the numbers, their dtype and the memory they take; ` +
      "shape, order and picture stay the same.";
  }

  function show() {
    if (!picture) return;
    const wide = role.grid.clientWidth; // 0 while hidden
    if (wide) columns = Math.max(3, Math.min(MOST, 2 * Math.floor((wide / SCALES[role.scale.value].cell - 2) / 2) + 1));
    numbers();
    facts();
    const box = role.spot, [h, w] = [picture.height, picture.width];
    Object.assign(box.style, {left: `${100 * (column - (columns - 1) / 2) / w}%`, top: `${100 * (row - (ROWS - 1) / 2) / h}%`,
                              width: `${100 * columns / w}%`, height: `${100 * ROWS / h}%`});
  }

  function move(down, right) {
    if (!picture) return;
    row = Math.max(0, Math.min(picture.height - 1, down));
    column = Math.max(0, Math.min(picture.width - 1, right));
    show();
  }

  canvas.onpointermove = canvas.onpointerdown = event => {
    const box = canvas.getBoundingClientRect();
    move(Math.floor((event.clientY - box.top) / box.height * picture.height), Math.floor((event.clientX - box.left) / box.width * picture.width));
  };
  canvas.onkeydown = event => {
    const by = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}[event.key];
    if (!by) return;
    event.preventDefault();
    move(row + by[0], column + by[1]);
  };
  role.channel.onchange = role.scale.onchange = () => { if (picture) { paintCanvas(); show(); } };

  function paintCanvas() {
    const index = CHANNELS.indexOf(role.channel.value);
    if (index < 0) return draw(canvas, role.channel.value === "grey" ? [picture.grey] : picture.planes);
    const black = plane(picture.height, picture.width);
    draw(canvas, CHANNELS.map((_, c) => c === index ? chosen() : black));
  }

  // Where brightness changes most from a pixel to the next but one: numbers that differ say more than equal ones.
  function busiest() {
    const {width, values} = picture.grey;
    let most = -1, best = 0;
    for (let i = 2 * width; i < values.length; i++) {
      const change = i % width > 1 ? Math.abs(values[i] - values[i - 2]) + Math.abs(values[i] - values[i - 2 * width]) : 0;
      if (change > most) [most, best] = [change, i - width - 1];
    }
    return [Math.floor(best / width), best % width];
  }

  latentdemo.stage.join(stage => {
    [picture, original] = [stage.picture, stage.original];
    latentdemo.paint.options(role.channel, picture.planes.length === 3 ? ["grey", ...CHANNELS] : ["grey"], "grey");
    paintCanvas();
    move(...busiest());
  });
  new ResizeObserver(show).observe(role.grid);
  latentdemo.paint.options(role.scale, Object.keys(SCALES), "0 … 255");
};
