// One filter over three colours: 27 numbers, three partial maps, one sum.
"use strict";
latentdemo.channels = element => {
  const {make, draw, roles, options, size, spread, signedMatrix, CHANNELS} = latentdemo.paint;
  const {convolve, add, map, scale, range, number, parse} = latentdemo.arithmetic;
  const FILTERS = {
    "vertical edges in any colour": [["Sobel x", 1], ["Sobel x", 1], ["Sobel x", 1]],
    "blue against yellow": [["Identity", -0.5], ["Identity", -0.5], ["Identity", 1]],
    "red against green": [["Identity", 1], ["Identity", -1], ["Identity", 0]],
    "where red turns into blue": [["Sobel x", -1], ["Sobel x", 0], ["Sobel x", 1]],
    "grey (BT.601)": [["Identity", 0.299], ["Identity", 0.587], ["Identity", 0.114]],
  };
  const OWN = "your own", role = roles(element);
  let stage = null;

  function show() {
    if (!stage) return;
    const factors = [0, 1, 2].map(c => parse(role[`factor${c}`].value)), bias = parse(role.bias.value);
    role.problem.hidden = ![...factors, bias].some(Number.isNaN);
    role.problem.textContent = "A factor or the bias is not a number within ±1000. The pictures are still the ones before.";
    if (!role.problem.hidden) return;
    const planes = stage.picture.planes.length === 3 ? stage.picture.planes : Array(3).fill(stage.picture.grey);
    const kernels = [0, 1, 2].map(c => scale(latentdemo.stage.kernel(role[`kernel${c}`].value), factors[c]));
    const parts = planes.map((one, c) => convolve(one, kernels[c], {stride: 1, padding: (kernels[c].height - 1) / 2, dilation: 1, outside: "replicate"}));
    const sum = map(add(add(parts[0], parts[1]), parts[2]), value => value + bias);
    const limit = Math.max(...[...parts, sum].map(one => range(one).limit));
    role.strip.replaceChildren(view("Your image", planes, null),
      ...parts.flatMap((one, c) => [c ? "+" : "→", view(`${CHANNELS[c]}: ${spread(one)}`, [one], limit, signedMatrix(kernels[c], `kernel for ${CHANNELS[c]}`))]),
      "=", view(`sum${bias ? ` + ${number(bias)}` : ""}: ${spread(sum)}`, [sum], limit));
    role.note.textContent = `One filter has a kernel for every input channel: ${kernels.map(one => `${one.height}·${one.width}`).join(" + ")} = ` +
      `${kernels.reduce((n, one) => n + one.height * one.width, 0)} numbers and a bias. The partial maps are added pixel by pixel; ${size(sum)} pixels; ` +
      `one signed scale for all four, full at ±${number(limit)}. A layer with 32 such filters gives 32 maps.` +
      (stage.picture.planes.length === 1 ? " Your image is grey: red, green and blue are the same." : "");
  }

  function view(caption, planes, limit, ...more) {
    const canvas = make("canvas", {role: "img", "aria-label": caption});
    const figure = make("figure", {class: "view"}, make("div", {class: "frame"}, canvas), make("figcaption", {}, caption), ...more);
    draw(canvas, planes, limit);
    return figure;
  }

  function takeFilter() {
    const filter = FILTERS[role.filter.value];
    filter?.forEach(([name, factor], c) => { role[`kernel${c}`].value = name; role[`factor${c}`].value = String(factor); });
    show();
  }

  role.filter.onchange = takeFilter;
  role.bias.oninput = show;
  for (const c of [0, 1, 2]) {
    const own = () => { role.filter.value = OWN; show(); };
    role[`kernel${c}`].onchange = own;
    role[`factor${c}`].oninput = own;
  }
  options(role.filter, [...Object.keys(FILTERS), OWN], Object.keys(FILTERS)[0]);
  latentdemo.stage.join(next => {
    const first = !stage;
    stage = next;
    if (first) [0, 1, 2].forEach(c => options(role[`kernel${c}`], next.kernels.map(kernel => kernel.name)));
    if (first) takeFilter(); else show();
  });
};
