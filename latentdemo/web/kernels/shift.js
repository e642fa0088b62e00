// Translation: the image moves, the output moves with it, and where a border or a stride breaks that.
"use strict";
latentdemo.shifting = element => {
  const {make, draw, roles, options, spread} = latentdemo.paint;
  const {convolve, shift, map, range, number} = latentdemo.arithmetic;
  const role = roles(element), canvases = {};
  const TITLES = {moved: "the image, moved", output: "its output", before: "the output of the image as it was, moved likewise", difference: "difference of the two"};
  let stage = null;

  function show() {
    if (!stage) return;
    const kernel = latentdemo.stage.kernel(role.kernel.value), stride = Number(role.stride.value);
    const [right, down] = [Number(role.right.value), Number(role.down.value)];
    [role["right-value"].textContent, role["down-value"].textContent] = [right, down].map(value => `${number(value)} px`);
    const settings = {stride, padding: (kernel.height - 1) / 2, dilation: 1, outside: "zero"};
    const moved = shift(stage.picture.grey, down, right), output = convolve(moved, kernel, settings);
    const whole = [down, right].map(by => Math.round(by / stride));
    const before = shift(convolve(stage.picture.grey, kernel, settings), ...whole);
    const difference = map(output, (value, i) => value - before.values[i]);
    const limit = Math.max(range(output).limit, range(before).limit);
    put("moved", moved, null); put("output", output, limit); put("before", before, limit); put("difference", difference, limit);
    role.note.textContent = report(difference, down, right, stride, kernel.height);
  }

  function put(name, values, limit) {
    draw(canvases[name].canvas, [values], limit);
    canvases[name].caption.textContent = `${TITLES[name]}: ${spread(values)}`;
  }

  // Largest difference inside and at the border: the band that the shift and the kernel's reach can touch.
  function report(difference, down, right, stride, k) {
    const {height, width, values} = difference, band = by => Math.ceil((Math.abs(by) + k) / stride) + 1;
    let inner = null, border = 0; // null: the band covers everything
    for (let i = 0; i < height; i++) for (let j = 0; j < width; j++) {
      const size = Math.abs(values[i * width + j]), [a, b] = [band(down), band(right)];
      if (i >= a && j >= b && i < height - a && j < width - b) inner = Math.max(inner ?? 0, size); else border = Math.max(border, size);
    }
    const odd = [down, right].some(by => by % stride);
    if (inner === null) return "The band at the border that the shift can reach covers the whole image; move it less far.";
    if (!down && !right) return "Nothing is moved; drag the sliders.";
    return `Largest difference inside: ${number(inner)}; in the band at the border that the shift can reach: ${number(border)}. ` +
      (inner < 1e-9 ? "Inside, moving the image moves the output by as much (translation equivariance): the same numbers are used everywhere. " +
        (border > 1e-9 ? "At the border, zeros have come in from outside. " : "")
        : odd ? `The shift is no multiple of the stride ${stride}: the kernel is laid on other pixels than before, and the output is another one, not the same one moved. ` : "");
  }

  role.strip.append(...Object.entries(TITLES).map(([name, title]) => {
    const canvas = make("canvas", {role: "img", "aria-label": title}), caption = make("figcaption", {}, title);
    canvases[name] = {canvas, caption};
    return make("figure", {class: "view"}, make("div", {class: "frame"}, canvas), caption);
  }));
  for (const name of ["right", "down"]) role[name].oninput = show;
  for (const name of ["kernel", "stride"]) role[name].onchange = show;
  options(role.stride, ["1", "2", "4"], "1");
  latentdemo.stage.join(next => {
    if (!stage) options(role.kernel, next.kernels.map(kernel => kernel.name), next.first);
    stage = next;
    show();
  });
};
