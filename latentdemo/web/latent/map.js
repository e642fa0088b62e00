// What the page does by itself: paints decoded codes, draws the map and the pad, helps keyboards and screen readers.
"use strict";
window.latentdemo = (() => {
  const OFFLINE = "The server does not answer; check that it runs, then move the slider again.";

  // ---- a code becomes a picture -------------------------------------------------------------------------------
  // One request under way per canvas; while it runs only the newest code is kept.
  const waiting = new WeakMap();
  async function decode(canvas, model, code) {
    const state = waiting.get(canvas) || {busy: false, next: null, painting: Promise.resolve()};
    waiting.set(canvas, state);
    state.next = {model, code};
    if (state.busy) return;
    state.busy = true;
    try {
      while (state.next) {
        const {model, code} = state.next;
        state.next = null;
        const body = JSON.stringify({model, code});
        const answer = await fetch("pixels/decode", {method: "POST", body});
        if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).error || OFFLINE);
        const bitmap = createImageBitmap(await answer.blob()); // unpacked while the next code is already on its way
        state.painting = state.painting.then(async () => paint(canvas, await bitmap)).catch(() => say(canvas, OFFLINE));
        say(canvas, "");
      }
    } catch (error) {
      say(canvas, error instanceof TypeError ? OFFLINE : error.message);
    } finally {
      state.busy = false;
    }
  }

  function paint(canvas, bitmap) {
    const hard = bitmap.width <= 32; // digits keep their pixels, faces are smoothed
    const side = hard ? Math.floor(512 / bitmap.width) * bitmap.width : 512;
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = !hard;
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, side, side);
    bitmap.close();
    canvas.dataset.painted = 1 + Number(canvas.dataset.painted || 0);
  }

  function say(canvas, text) {
    const place = canvas.parentElement && canvas.parentElement.querySelector("[role=status]");
    if (place && place.textContent !== text) place.textContent = text;
  }

  // ---- canvases steered by sliders ----------------------------------------------------------------------------
  const steered = {};
  function latentCanvas(id, element, props, watch) {
    const update = () => {
      const value = typeof props.value === "string" ? JSON.parse(props.value) : props.value;
      if (!value.model) return; // it comes when the panel is opened
      steered[id] = {...value, canvas: element.querySelector("canvas.latent")};
      steer(id, value.steps);
    };
    watch("value", update);
    update();
  }

  function steer(id, steps) {
    const target = steered[id];
    if (!target) return;
    const code = target.origin.slice();
    target.directions.forEach((direction, i) => {
      const step = Number(steps[i]) || 0;
      if (step) direction.forEach((value, j) => { if (value) code[j] += step * value; });
    });
    decode(target.canvas, target.model, code);
  }

  // ---- tiles that are clicked ---------------------------------------------------------------------------------
  function pickable(element, trigger) {
    const pick = event => {
      const tile = event.target.closest("[data-pick]");
      if (!tile || (event.type === "keydown" && event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault();
      trigger("select", {index: Number(tile.dataset.pick)});
    };
    element.addEventListener("click", pick);
    element.addEventListener("keydown", pick);
  }

  // ---- the drawing pad ----------------------------------------------------------------------------------------
  function pad(element, trigger) {
    const canvas = element.querySelector("canvas"), context = canvas.getContext("2d");
    let last = null;
    const clear = () => { context.fillStyle = "#000"; context.fillRect(0, 0, canvas.width, canvas.height); };
    const at = event => {
      const box = canvas.getBoundingClientRect();
      return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
    };
    const line = (from, to) => {
      Object.assign(context, {strokeStyle: "#fff", lineWidth: 22, lineCap: "round", lineJoin: "round"});
      context.beginPath(); context.moveTo(...from); context.lineTo(...to); context.stroke();
    };
    canvas.onpointerdown = event => { canvas.setPointerCapture(event.pointerId); last = at(event); line(last, last); };
    canvas.onpointermove = event => { if (last) { const now = at(event); line(last, now); last = now; } };
    canvas.onpointerup = canvas.onpointercancel = () => {
      if (!last) return;
      last = null;
      trigger("input", {png: canvas.toDataURL("image/png")});
    };
    element.querySelector("button.clear").onclick = clear;
    clear();
  }

  // ---- the map ------------------------------------------------------------------------------------------------
  // Okabe and Ito's colours, told apart by all common kinds of colour blindness, and two more.
  const CLASSES = ["#000000", "#e69f00", "#56b4e9", "#009e73", "#b8a800", "#0072b2", "#d55e00", "#cc79a7", "#7a5195", "#6b6b6b"];
  const VIRIDIS = [[68, 1, 84], [72, 40, 120], [62, 74, 137], [49, 104, 142], [38, 130, 142], [31, 158, 137], [53, 183, 121], [109, 205, 89], [180, 222, 44], [253, 231, 37]];
  const unpack = (text, Type) => new Type(Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer);

  function viridis(t) {
    const place = t * (VIRIDIS.length - 1), i = Math.min(Math.floor(place), VIRIDIS.length - 2), f = place - i;
    return `rgb(${VIRIDIS[i].map((a, c) => Math.round(a + f * (VIRIDIS[i + 1][c] - a))).join()})`;
  }

  function map(element, props, watch, trigger) {
    const canvas = element.querySelector("canvas"), tip = element.querySelector(".tip"), context = canvas.getContext("2d");
    const view = {scale: 0, fitted: 0, x: 0, y: 0}; // pixels per unit, that of the whole map, and where (0, 0) lies
    let data = null, width = 0, height = 0, frame = 0, drag = null, moved = false, chosen = null;

    const read = () => {
      const value = typeof props.value === "string" ? JSON.parse(props.value) : props.value;
      const other = !data || data.model !== value.model;
      data = {...value, x: unpack(value.x, Float32Array), y: unpack(value.y, Float32Array), c: unpack(value.colour, Uint8Array)};
      data.groups = new Map();
      data.c.forEach((c, i) => {
        const key = data.glyphs ? c : c >> 3;
        (data.groups.get(key) || data.groups.set(key, []).get(key)).push(i);
      });
      if (other) { chosen = null; fit(); }
      redraw();
    };
    const fit = () => {
      if (!data || !width) return;
      const span = values => { const sorted = Array.from(values).sort((a, b) => a - b), n = sorted.length; return [sorted[n * 0.002 | 0], sorted[n * 0.998 | 0]]; };
      const [left, right] = span(data.x), [low, high] = span(data.y);
      view.scale = view.fitted = 0.92 * Math.min(width / (right - left), height / (high - low));
      view.x = width / 2 - view.scale * (left + right) / 2;
      view.y = height / 2 + view.scale * (low + high) / 2;
    };
    const px = i => view.x + data.x[i] * view.scale, py = i => view.y - data.y[i] * view.scale;
    const resize = () => {
      const box = canvas.getBoundingClientRect(), ratio = window.devicePixelRatio || 1;
      if (!box.width) return;
      const other = width !== box.width || height !== box.height;
      [width, height] = [box.width, box.height];
      [canvas.width, canvas.height] = [width * ratio, height * ratio];
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      if (other) fit();
      draw();
    };
    const redraw = () => { frame ||= requestAnimationFrame(() => { frame = 0; draw(); }); };
    const draw = () => {
      if (!data || !width) return;
      context.fillStyle = "#fff";
      context.fillRect(0, 0, width, height);
      const size = Math.max(2.5, Math.min(9, view.scale / 12));
      context.font = `bold ${Math.round(Math.max(12, size * 2.4))}px sans-serif`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      for (const [key, members] of data.groups) {
        context.fillStyle = data.glyphs ? CLASSES[key % 10] : viridis((key * 8 + 4) / 255);
        context.beginPath();
        for (const i of members) {
          const x = px(i), y = py(i);
          if (x < -9 || y < -9 || x > width + 9 || y > height + 9) continue;
          if (data.glyphs) context.fillText(data.glyphs[key], x, y);
          else { context.moveTo(x + size, y); context.arc(x, y, size, 0, 7); }
        }
        context.fill();
      }
      cross(view.x + data.you[0] * view.scale, view.y - data.you[1] * view.scale);
      if (chosen) ring(view.x + chosen[0] * view.scale, view.y - chosen[1] * view.scale);
      canvas.dataset.painted = 1 + Number(canvas.dataset.painted || 0);
    };
    const cross = (x, y) => {
      for (const [colour, thick] of [["#fff", 9], ["#c00000", 5]]) {
        Object.assign(context, {strokeStyle: colour, lineWidth: thick});
        context.beginPath();
        context.moveTo(x - 11, y - 11); context.lineTo(x + 11, y + 11);
        context.moveTo(x + 11, y - 11); context.lineTo(x - 11, y + 11);
        context.stroke();
      }
    };
    const ring = (x, y) => {
      Object.assign(context, {strokeStyle: "#c00000", lineWidth: 3});
      context.beginPath(); context.arc(x, y, 13, 0, 7); context.stroke();
    };
    const nearest = ([x, y]) => {
      let best = -1, least = 14 * 14;
      for (let i = 0; i < data.x.length; i++) {
        const dx = px(i) - x, dy = py(i) - y, d = dx * dx + dy * dy;
        if (d < least) { least = d; best = i; }
      }
      return best;
    };
    const at = event => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
    const zoom = ([x, y], wanted) => {
      const factor = Math.max(0.7 * view.fitted, Math.min(60 * view.fitted, view.scale * wanted)) / view.scale;
      view.x = x - (x - view.x) * factor; view.y = y - (y - view.y) * factor; view.scale *= factor; redraw();
    };
    const hover = point => {
      const i = nearest(point);
      tip.hidden = i < 0;
      if (i < 0) return;
      if (tip.dataset.index !== `${data.model}/${i}`) {
        tip.dataset.index = `${data.model}/${i}`;
        tip.src = `pixels/gallery/${encodeURIComponent(data.model)}/${i}`;
        tip.onload = () => tip.classList.toggle("hard", tip.naturalWidth <= 32);
      }
      tip.style.left = `${Math.min(point[0] + 16, width - 150)}px`;
      tip.style.top = `${Math.max(0, point[1] - 156)}px`;
    };
    const pick = point => {
      const i = nearest(point);
      if (i >= 0) { chosen = [data.x[i], data.y[i]]; trigger("select", {index: i}); }
      else {
        chosen = [(point[0] - view.x) / view.scale, (view.y - point[1]) / view.scale];
        trigger("select", {index: null, x: chosen[0], y: chosen[1]});
      }
      redraw();
    };
    canvas.onpointerdown = event => { drag = at(event); moved = false; canvas.setPointerCapture(event.pointerId); };
    canvas.onpointermove = event => {
      const point = at(event);
      if (!drag) return hover(point);
      const [dx, dy] = [point[0] - drag[0], point[1] - drag[1]];
      if (!moved && Math.hypot(dx, dy) < 4) return;
      moved = true; tip.hidden = true; view.x += dx; view.y += dy; drag = point; redraw();
    };
    canvas.onpointerup = event => { if (drag && !moved) pick(at(event)); drag = null; };
    canvas.onpointerleave = () => { tip.hidden = true; };
    canvas.addEventListener("wheel", event => { event.preventDefault(); zoom(at(event), Math.exp(-event.deltaY * 0.0015)); }, {passive: false});
    canvas.addEventListener("keydown", event => {
      const step = {ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40]}[event.key];
      if (step) { view.x += step[0]; view.y += step[1]; redraw(); }
      else if (event.key === "+") zoom([width / 2, height / 2], 1.25);
      else if (event.key === "-") zoom([width / 2, height / 2], 0.8);
      else if (event.key === "0" || event.key === "Home") { fit(); redraw(); }
      else if (event.key === "Enter") pick([width / 2, height / 2]);
      else return;
      event.preventDefault();
    });
    new ResizeObserver(resize).observe(canvas); // fires, too, when a hidden tab is shown
    watch("value", read);
    read();
  }

  // ---- keyboards and screen readers ---------------------------------------------------------------------------
  function nameButtons() {
    const plain = text => (text || "").trim().replace(/\s+/g, " ");
    document.querySelectorAll(".gradio-container button").forEach(button => {
      const text = plain(button.innerText), name = button.getAttribute("aria-label");
      if (!text && !name && !button.title) {
        const label = button.closest(".block")?.querySelector("[data-testid=block-label], .label");
        button.setAttribute("aria-label", plain(label?.innerText) || "Picture");
      } else if (text && name && !name.toLowerCase().includes(text.toLowerCase())) {
        button.setAttribute("aria-label", `${text}, ${name}`);
      }
    });
    document.querySelectorAll(".gradio-container :is(div, span)[aria-label]:not([role])").forEach(element =>
      element.setAttribute("role", element.querySelector("button, input, a, canvas, [tabindex]") ? "group" : "img"));
    document.querySelectorAll("#door img, #samples img").forEach(image => {
      image.onload ||= () => image.classList.toggle("hard", image.naturalWidth <= 32);
      if (image.complete) image.onload();
    });
  }
  let timer = 0;
  // Once the page is quiet: reading texts forces a layout, which a drag cannot spare.
  new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(nameButtons, 250); })
    .observe(document.documentElement, {childList: true, subtree: true});

  document.addEventListener("keydown", event => {
    const tab = event.target.closest?.("[role=tab]");
    if (!tab) return;
    const tabs = [...tab.parentElement.querySelectorAll("[role=tab]")].filter(other => other.offsetParent);
    const i = tabs.indexOf(tab);
    const j = {ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1}[event.key];
    if (j === undefined) return;
    event.preventDefault();
    const next = tabs[(j + tabs.length) % tabs.length];
    next.click();
    next.focus();
  });

  return {latentCanvas, steer, pickable, pad, map, classes: CLASSES};
})();
