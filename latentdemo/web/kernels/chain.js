// A hand-made layer: two kernels one after the other, ReLU, pooling.
"use strict";
latentdemo.chain = element => {
  const {make, draw, signedMatrix, roles, options, size, spread} = latentdemo.paint;
  const {convolve, relu, pool, compose, separate, range, number, fromRows} = latentdemo.arithmetic;
  const NONE = "nothing", POOLINGS = {"none": null, "max of 2 × 2": ["max", 2], "mean of 2 × 2": ["average", 2],
                                      "max of 4 × 4": ["max", 4], "mean of 4 × 4": ["average", 4]};
  const role = roles(element);
  let stage = null;
  const keeping = kernel => ({stride: 1, padding: (kernel.height - 1) / 2, dilation: 1, outside: "replicate"});

  function show() {
    if (!stage) return;
    const first = latentdemo.stage.kernel(role.first.value), two = role.second.value !== NONE;
    const second = two ? latentdemo.stage.kernel(role.second.value) : null, pooling = POOLINGS[role.pooling.value];
    const steps = [["Your image, grey", stage.picture.grey, false]];
    const last = () => steps[steps.length - 1][1];
    steps.push([role.first.value, convolve(last(), first, keeping(first)), true]);
    if (two) steps.push([`then ${role.second.value}`, convolve(last(), second, keeping(second)), true]);
    if (role.relu.value === "on") steps.push(["ReLU: below 0 becomes 0", relu(last()), true]);
    const small = Math.min(stage.picture.height, stage.picture.width) < (pooling ? pooling[1] : 1);
    if (pooling && !small) steps.push([`Pooling: ${role.pooling.value}`, pool(last(), pooling[1], pooling[0]), true]);
    const anyNegative = steps.some(([, values]) => range(values).low < 0); // else all are pictures
    role.strip.replaceChildren(...steps.map(([name, values, signed]) => {
      const canvas = make("canvas", {role: "img", "aria-label": name});
      const figure = make("figure", {class: "view"}, make("div", {class: "frame"}, canvas), make("figcaption", {}, `${name}: ${size(values)}, ${spread(values)}`));
      draw(canvas, [values], signed && anyNegative ? range(values).limit : null);
      return figure;
    }));
    explain(first, second, anyNegative);
  }

  function explain(first, second, anyNegative) {
    const parts = [signedMatrix(first, role.first.value)], whole = second ? compose(first, second) : first;
    if (second) parts.push("then", signedMatrix(second, role.second.value), "=", signedMatrix(whole, `one ${size(whole)} kernel`));
    const found = separate(whole), k = whole.height;
    if (found) parts.push("=", signedMatrix(fromRows(found.column.map(value => [value])), "column"), "×", signedMatrix(fromRows([found.row]), "row"));
    role.one.replaceChildren(...parts.map(part => typeof part === "string" ? make("span", {class: "operator"}, part) : part));
    role.separable.textContent = (second ? `Away from the border (where border pixels are repeated) the two do what one kernel of ${size(whole)} does. ` : "") + (found
      ? `It is separable: a column times a row, so ${2 * k} multiplications a pixel do the work of ${k * k}.`
      : "It is not separable: no column times a row gives it.") + (anyNegative ? " Behind the first kernel signed colours, full at each picture's own largest magnitude." : " No value is negative: all are drawn as images.") +
      " The image's values are 0 … 1; behind each size, in pixels, stand [min, max].";
  }

  for (const name of ["first", "second", "relu", "pooling"]) role[name].onchange = show;
  options(role.relu, ["on", "off"], "on");
  options(role.pooling, Object.keys(POOLINGS), "max of 4 × 4");
  latentdemo.stage.join(next => {
    if (!stage) {
      const names = next.kernels.map(kernel => kernel.name);
      options(role.first, names, "Blur across");
      options(role.second, [NONE, ...names], "Difference down");
    }
    stage = next;
    show();
  });
};
