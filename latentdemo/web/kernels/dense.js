// Why not connect everything: counts for the image on screen, and two networks whose digit is moved.
"use strict";
latentdemo.dense = (element, props, watch) => {
  const {draw, roles, make} = latentdemo.paint, {number, map, shift, plane} = latentdemo.arithmetic;
  const KERNEL = 3, BYTES = 4;
  const role = roles(element);
  let stage = null, data = null;

  const big = value => value < 1e6 ? Math.round(value).toLocaleString("en") : `${(value / 10 ** (3 * Math.floor(Math.log10(value) / 3))).toPrecision(3)} ${["", "thousand", "million", "billion", "trillion"][Math.min(4, Math.floor(Math.log10(value) / 3))]}`;
  const memory = value => { const i = Math.max(0, Math.min(4, Math.floor(Math.log10(value) / 3))); return `${Number((value / 1000 ** i).toPrecision(3))} ${["B", "kB", "MB", "GB", "TB"][i]}`; };

  // As many outputs as inputs: a map of the same size with as many channels.
  function counts() {
    const {height, width, planes} = stage.picture, depth = planes.length, n = height * width * depth;
    const interior = places(height) * places(width); // pairs of an output pixel and an input pixel under its kernel
    const rows = [["", "dense layer", `${KERNEL} × ${KERNEL} convolution, padding 1`],
      ["inputs", big(n), big(n)], ["outputs", big(n), big(n)],
      ["connections", big(n * n), big(interior * depth * depth)],
      ["different weights", big(n * n), big(KERNEL * KERNEL * depth * depth)],
      ["memory of the weights", memory(n * n * BYTES), memory(KERNEL * KERNEL * depth * depth * BYTES)]];
    role.counts.replaceChildren(...rows.map((row, i) => make("tr", {}, ...row.map((text, j) => make(i && j ? "td" : "th", {}, text)))));
    role.counts.append(make("caption", {}, `For your image${stage.original[0] === height ? "" : ", shrunk"}, ${width} × ${height} × ${depth} numbers; weights without biases, 4 bytes each`));
  }

  const places = n => KERNEL * n - 2 * ((KERNEL - 1) / 2); // along one side, the border's units reach one pixel less

  function reach() {
    const {height, width, planes} = stage.picture, depth = Number(role.depth.value), side = 2 * depth + 1;
    draw(role.dense, planes);
    const [y, x] = [height >> 1, width >> 1];
    const dim = (value, i) => Math.abs(Math.floor(i / width) - y) <= depth && Math.abs(i % width - x) <= depth ? value : 0.25 * value;
    draw(role.local, planes.map(one => map(one, dim)));
    role["depth-value"].textContent = depth;
    role["local-note"].textContent = `One unit of the ${depth === 1 ? "first" : `${depth}th`.replace(/^(2th|3th)$/, text => ({"2th": "2nd", "3th": "3rd"})[text])} ` +
      `convolution sees ${side} × ${side} pixels, the bright ones; the same ${KERNEL * KERNEL} numbers a channel are used at every place.`;
  }

  // ---- a digit on its way -------------------------------------------------------------------------------------
  function digits() {
    const {reach: most, networks, digit} = data, [right, down] = [Number(role.right.value), Number(role.down.value)];
    [role["right-value"].textContent, role["down-value"].textContent] = [right, down].map(value => `${number(value)} px`);
    const values = plane(digit.length, digit[0].length);
    digit.flat().forEach((value, i) => { values.values[i] = value / 255; });
    draw(role.digit, [shift(values, down, right)]);
    const at = (down + most) * (2 * most + 1) + right + most;
    role.guesses.replaceChildren(...networks.map(({title, css, shares}) => {
      const best = shares[at].reduce((top, share, i) => share > shares[at][top] ? i : top, 0);
      const bars = shares[at].map((share, i) => make("i", {style: `height:${100 * share}%`, title: `${i}: ${(100 * share).toFixed(0)} %`, class: i === best ? "best" : ""}));
      return make("div", {class: `guess ${css}`}, make("b", {}, `${title}: ${best}, ${(100 * shares[at][best]).toFixed(0)} %`),
                  make("div", {class: "bars", role: "img", "aria-label": `Probabilities of 0 to 9: ${shares[at].map(share => share.toFixed(2)).join(", ")}`}, ...bars),
                  make("div", {class: "ticks"}, ...shares[at].map((_, i) => make("span", {}, `${i}`))));
    }));
    curve(right);
  }

  // Accuracy on the test set against the shift to the right, and where the slider stands.
  function curve(right) {
    const {networks, reach: most} = data, [W, H, L, B] = [640, 250, 78, 56];
    const x = s => L + (s + most) / (2 * most) * (W - L - 16), y = a => H - B - a * (H - B - 14);
    const text = (px, py, content, anchor = "middle") => `<text x="${px}" y="${py}" text-anchor="${anchor}">${content}</text>`;
    const lines = networks.map(({css, accuracy}) => `<polyline class="${css}" points="${accuracy.map((a, i) => `${x(i - most)},${y(a)}`).join(" ")}"/>`);
    const places = {dense: [W - 20, y(0.6), "end"], conv: [L + 6, y(0.68), "start"]}; // beside their curves, on neither
    const names = networks.map(({title, css}) => `<text class="${css}" x="${places[css][0]}" y="${places[css][1]}" text-anchor="${places[css][2]}">${title.replace(" network", "")}</text>`);
    const axis = [0, 0.5, 1].map(a => `<line class="axis" x1="${L}" x2="${W - 16}" y1="${y(a)}" y2="${y(a)}"/>${text(L - 8, y(a) + 7, `${100 * a} %`, "end")}`);
    const ticks = [-most, -most / 2, 0, most / 2, most].map(s => text(x(s), H - B + 24, number(s)));
    role.curve.innerHTML = `<svg viewBox="0 0 ${W} ${H}" role="img" aria-label="Share of test digits that are right, against their shift to the right">` +
      `${axis.join("")}${ticks.join("")}${text((L + W) / 2, H - 6, "shift to the right (pixels)")}<line class="now" x1="${x(right)}" x2="${x(right)}" y1="${y(1)}" y2="${y(0)}"/>${lines.join("")}${names.join("")}</svg>`;
    const i = right + most;
    role.note.textContent = `Of ${data.n.toLocaleString("en")} test digits, all moved ${number(right)} px to the right (and not down), ` +
      `${networks.map(({title, accuracy}) => `the ${title} has ${(100 * accuracy[i]).toFixed(1)} % right`).join(", ")}; unmoved, ` +
      `${networks.map(({accuracy}) => `${(100 * accuracy[most]).toFixed(1)} %`).join(" and ")}. Neither saw a moved digit in training. ` +
      `${(100 * data.ink[i]).toFixed(0)} % of the digits' ink is still in the picture.`;
  }

  function read() {
    if (!props.value) return; // it comes when the panel is opened
    data = typeof props.value === "string" ? JSON.parse(props.value) : props.value;
    if (!data.networks) { role.digits.replaceChildren(make("p", {class: "problem"}, data.problem)); return; }
    for (const name of ["right", "down"]) Object.assign(role[name], {min: -data.reach, max: data.reach});
    role["digit-note"].textContent = data.note;
    digits();
  }

  role.depth.oninput = reach;
  role.right.oninput = role.down.oninput = digits;
  watch("value", read);
  read();
  latentdemo.stage.join(next => { stage = next; counts(); reach(); });
};
