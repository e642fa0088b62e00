// Three images mixed: a point in a triangle is three weights that add up to 1, for their codes and for their pixels.
"use strict";
latentdemo.triangle = (element, props, watch) => {
  const {roles, count} = latentdemo.paint, role = roles(element), svg = element.querySelector("svg");
  const CORNERS = [[320, 110], [120, 456], [520, 456]], STEP = 14, CANVAS = "mix-canvas";
  let weights = [1 / 3, 1 / 3, 1 / 3], bitmaps = [], turns = 0;

  async function receive(value) {
    const turn = ++turns;
    ["a", "b", "c"].forEach((name, i) => role[name].setAttribute("href", value.corners[i]));
    const next = await Promise.all(value.corners.map(async src => createImageBitmap(await (await fetch(src)).blob())));
    if (turn !== turns) return;
    bitmaps = next;
    ["a", "b", "c"].forEach(name => role[name].classList.toggle("hard", bitmaps[0].width <= 32));
    weights = value.weights;
    show();
  }

  const place = () => [0, 1].map(axis => CORNERS.reduce((sum, corner, i) => sum + weights[i] * corner[axis], 0));

  function show() {
    const point = place();
    role.dot.setAttribute("cx", point[0]);
    role.dot.setAttribute("cy", point[1]);
    role.weights.textContent = `Pixels mixed with the same weights: ${["a", "b", "c"].map((name, i) => `${name} ${weights[i].toFixed(2)}`).join(", ")}`;
    const context = role.pixels.getContext("2d"), side = role.pixels.width;
    context.imageSmoothingEnabled = bitmaps.length > 0 && bitmaps[0].width > 32;
    context.clearRect(0, 0, side, side);
    context.globalCompositeOperation = "lighter"; // weights add up to 1, so nothing is cut off
    bitmaps.forEach((bitmap, i) => { context.globalAlpha = weights[i]; context.drawImage(bitmap, 0, 0, side, side); });
    count(role.pixels);
    latentdemo.steer(CANVAS, weights);
  }

  // Barycentric coordinates; outside the triangle weights below 0 become 0, and the others are scaled to add up to 1.
  function toWeights([x, y]) {
    const [[ax, ay], [bx, by], [cx, cy]] = CORNERS, area = (by - cy) * (ax - cx) + (cx - bx) * (ay - cy);
    const a = ((by - cy) * (x - cx) + (cx - bx) * (y - cy)) / area, b = ((cy - ay) * (x - cx) + (ax - cx) * (y - cy)) / area;
    return normal([a, b, 1 - a - b]);
  }

  function normal(values) {
    const positive = values.map(value => Math.max(0, value));
    const sum = positive.reduce((total, value) => total + value, 0);
    return positive.map(value => value / sum);
  }

  const at = event => { const box = svg.getBoundingClientRect(); return [(event.clientX - box.left) * 640 / box.width, (event.clientY - box.top) * 580 / box.height]; };
  const drag = event => { weights = toWeights(at(event)); show(); };
  svg.addEventListener("pointerdown", event => { svg.setPointerCapture(event.pointerId); drag(event); });
  svg.addEventListener("pointermove", event => { if (event.buttons) drag(event); });
  svg.addEventListener("keydown", event => {
    const move = {ArrowUp: [0, -STEP], ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowDown: [0, STEP]}[event.key];
    if (!move) return;
    event.preventDefault();
    weights = toWeights(place().map((value, axis) => value + move[axis]));
    show();
  });

  function read() {
    if (!props.value) return;
    receive(typeof props.value === "string" ? JSON.parse(props.value) : props.value);
    props.value = null;
  }

  watch("value", read);
  read();
};
