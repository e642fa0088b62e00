// Planes into pictures and tables. Colours and number formats are those of latentdemo/figures.py.
"use strict";
latentdemo.paint = (() => {
  const {number, range} = latentdemo.arithmetic;
  const SIGNED = [[8, 64, 129], [90, 150, 210], [255, 255, 255], [240, 150, 60], [160, 70, 0]];
  const CHANNELS = ["red", "green", "blue"];

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => {
      if (name in element && typeof value !== "string") element[name] = value; else element.setAttribute(name, value);
    });
    element.append(...children);
    return element;
  }

  function signed(t) { // −1 … 1
    const place = (Math.max(-1, Math.min(1, t)) + 1) * 2, i = Math.min(3, Math.floor(place)), f = place - i;
    return SIGNED[i].map((a, c) => Math.round(a + f * (SIGNED[i + 1][c] - a)));
  }
  const TABLE = Uint8ClampedArray.from(Array.from({length: 513}, (_, i) => signed(i / 256 - 1)).flat());

  // A picture's pixels: {height, width, planes: [grey] or [red, green, blue], grey}, each plane 0 … 1.
  function pixels({data, width, height}, isGrey) {
    const {plane} = latentdemo.arithmetic, grey = plane(height, width);
    const planes = isGrey ? [grey] : CHANNELS.map(() => plane(height, width));
    for (let i = 0; i < grey.values.length; i++) {
      const [r, g, b] = [data[4 * i], data[4 * i + 1], data[4 * i + 2]];
      grey.values[i] = Math.floor((299 * r + 587 * g + 114 * b + 500) / 1000) / 255; // images.grey
      if (!isGrey) { planes[0].values[i] = r / 255; planes[1].values[i] = g / 255; planes[2].values[i] = b / 255; }
    }
    return {height, width, planes, grey};
  }

  // Planes onto a canvas, one canvas pixel per value: three as red, green, blue, one as grey, or on the signed scale.
  function draw(canvas, planes, limit = null) {
    const {height, width} = planes[0], image = new ImageData(width, height), data = image.data;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, {width, height});
    const [r, g, b] = planes.length === 3 ? planes : [planes[0], planes[0], planes[0]];
    for (let i = 0; i < height * width; i++) {
      if (limit === null) {
        data[4 * i] = r.values[i] * 255; data[4 * i + 1] = g.values[i] * 255; data[4 * i + 2] = b.values[i] * 255; // rounded and clamped by the array
      } else {
        const t = 3 * Math.round(256 + 256 * Math.max(-1, Math.min(1, mean(planes, i) / (limit || 1))));
        data[4 * i] = TABLE[t]; data[4 * i + 1] = TABLE[t + 1]; data[4 * i + 2] = TABLE[t + 2];
      }
      data[4 * i + 3] = 255;
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
    canvas.classList.toggle("hard", Math.max(width, height) <= 160);
    canvas.parentElement?.style.setProperty("--aspect", width / height);
    count(canvas);
  }

  // How often a canvas was painted: tests wait for it.
  function count(canvas) { canvas.dataset.painted = 1 + Number(canvas.dataset.painted || 0); }

  const mean = (planes, i) => planes.length === 1 ? planes[0].values[i] : (planes[0].values[i] + planes[1].values[i] + planes[2].values[i]) / 3;

  function average(planes) {
    return planes.length === 1 ? planes[0] : {...planes[0], values: planes[0].values.map((_, i) => mean(planes, i))};
  }

  const ink = colour => 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2] > 110 ? "#000" : "#fff";
  const filled = colour => `background-color:rgb(${colour.join()});color:${ink(colour)}`;
  const greyCell = share => filled([share, share, share].map(value => Math.round(255 * Math.max(0, Math.min(1, value)))));
  const signedCell = (value, limit) => filled(signed(value / (limit || 1)));

  // A table of numbers: `style(value, i)` gives a cell's css, `css(i)` its class.
  function matrix(values, title, style = () => "", css = () => "") {
    const rows = Array.from({length: values.height}, (_, a) => make("tr", {}, ...Array.from({length: values.width}, (_, b) => {
      const i = a * values.width + b;
      return make("td", {style: style(values.values[i], i), class: css(i)}, number(values.values[i]));
    })));
    return make("table", {class: "matrix"}, make("caption", {}, title), ...rows);
  }

  const signedMatrix = (values, title) => { const {limit} = range(values); return matrix(values, title, value => signedCell(value, limit)); };
  const spread = values => { const {low, high} = range(values); return `[${number(low)}, ${number(high)}]`; };
  const size = values => `${values.width} × ${values.height}`;

  // A button that walks on by itself until it is pressed again or its panel is hidden.
  function player(button, walk, milliseconds) {
    let timer = 0;
    const stop = () => { clearInterval(timer); timer = 0; button.textContent = "▶ Play"; };
    button.onclick = () => {
      if (timer) return stop();
      button.textContent = "❚❚ Pause";
      timer = setInterval(() => button.offsetParent ? walk() : stop(), milliseconds);
    };
    return stop;
  }

  // The elements of a panel by their data-role.
  const roles = element => new Proxy({}, {get: (_, name) => element.querySelector(`[data-role="${name}"]`)});

  function options(select, names, chosen) {
    select.replaceChildren(...names.map(name => make("option", {value: name, selected: name === chosen}, name)));
  }

  return {make, pixels, draw, average, matrix, signedMatrix, signedCell, greyCell, spread, size, player, roles, options, count, CHANNELS};
})();
