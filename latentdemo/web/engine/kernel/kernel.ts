// All arithmetic of the engine, in AssemblyScript; the page runs kernel.wasm, made of this file by
//
//   cd tests/web && node_modules/.bin/asc ../../latentdemo/web/engine/kernel/kernel.ts -O3 --noAssert --runtime stub \
//     --enable simd --importMemory -o ../../latentdemo/web/engine/kernel/kernel.wasm
//
// kernels.js does the same where a browser has no WebAssembly SIMD. Addresses and strides are in bytes.

@inline function sum(v: v128): f32 {
  const halves = f32x4.add(v, i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return f32x4.extract_lane(halves, 0) + f32x4.extract_lane(halves, 1);
}

@inline function product(total: v128, one: v128, other: v128): v128 {
  return f32x4.add(total, f32x4.mul(one, other));
}

// One layer: out(y, x, o) = bias(o) + the dot product of filter o with `runs` stretches of `length` floats of the
// input, the first at y * rowStep + x * columnStep, each `runStep` further. `length` is a multiple of 4. Two columns
// and four filters at a time: each number is loaded once for many products. What lies beyond the last filter or column
// is computed again from the first of the group, and dropped.
export function layer(
  input: i32, rowStep: i32, columnStep: i32, runStep: i32, runs: i32, length: i32,
  rows: i32, columns: i32, filters: i32, bias: i32, n: i32, out: i32, outRow: i32, outColumn: i32,
): void {
  const size = (runs * length) << 2, bytes = length << 2;
  for (let y = 0; y < rows; y++) for (let x = 0; x < columns; x += 2) {
    const pair = x + 1 < columns;
    const left = input + y * rowStep + x * columnStep, right = pair ? left + columnStep : left;
    const at = out + y * outRow + x * outColumn;
    for (let o = 0; o < n; o += 4) {
      const some = n - o, first = filters + o * size;
      const second = some > 1 ? size : 0, third = some > 2 ? 2 * size : 0, fourth = some > 3 ? 3 * size : 0;
      let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
      for (let run = 0; run < runs; run++) {
        let p = left + run * runStep, q = right + run * runStep, w = first + run * bytes;
        for (const end = p + bytes; p < end; p += 16, q += 16, w += 16) {
          const u = v128.load(p), v = v128.load(q);
          let f = v128.load(w);
          a0 = product(a0, u, f); b0 = product(b0, v, f);
          f = v128.load(w + second);
          a1 = product(a1, u, f); b1 = product(b1, v, f);
          f = v128.load(w + third);
          a2 = product(a2, u, f); b2 = product(b2, v, f);
          f = v128.load(w + fourth);
          a3 = product(a3, u, f); b3 = product(b3, v, f);
        }
      }
      const offset = o << 2, from = bias + offset;
      let to = at + offset;
      f32.store(to, sum(a0) + f32.load(from));
      if (some > 1) f32.store(to, sum(a1) + f32.load(from, 4), 4);
      if (some > 2) f32.store(to, sum(a2) + f32.load(from, 8), 8);
      if (some > 3) f32.store(to, sum(a3) + f32.load(from, 12), 12);
      if (pair) {
        to += outColumn;
        f32.store(to, sum(b0) + f32.load(from));
        if (some > 1) f32.store(to, sum(b1) + f32.load(from, 4), 4);
        if (some > 2) f32.store(to, sum(b2) + f32.load(from, 8), 8);
        if (some > 3) f32.store(to, sum(b3) + f32.load(from, 12), 12);
      }
    }
  }
}

// exp(-x) = 2^k * e^r with |r| <= ln 2 / 2, and e^r by its series up to r^6: exact to 2e-7 of itself.
@inline function decay(x: v128): v128 {
  const safe = f32x4.max(f32x4.min(f32x4.neg(x), f32x4.splat(87)), f32x4.splat(-87));
  const k = f32x4.nearest(f32x4.mul(safe, f32x4.splat(1.4426950408889634)));
  const r = f32x4.sub(safe, f32x4.mul(k, f32x4.splat(0.6931471805599453)));
  let e = f32x4.splat(1.0 / 720);
  e = product(f32x4.splat(1.0 / 120), e, r);
  e = product(f32x4.splat(1.0 / 24), e, r);
  e = product(f32x4.splat(1.0 / 6), e, r);
  e = product(f32x4.splat(0.5), e, r);
  e = product(f32x4.splat(1), e, r);
  e = product(f32x4.splat(1), e, r);
  return i32x4.add(e, i32x4.shl(i32x4.trunc_sat_f32x4_s(k), 23));
}

// x * sigmoid(x) in place, of n floats; n is a multiple of 4.
export function silu(at: i32, n: i32): void {
  const one = f32x4.splat(1);
  for (const end = at + (n << 2); at < end; at += 16) {
    const x = v128.load(at);
    v128.store(at, f32x4.div(x, f32x4.add(one, decay(x))));
  }
}

// sigmoid(x) in place, of n floats; n is a multiple of 4.
export function sigmoid(at: i32, n: i32): void {
  const one = f32x4.splat(1);
  for (const end = at + (n << 2); at < end; at += 16)
    v128.store(at, f32x4.div(one, f32x4.add(one, decay(v128.load(at)))));
}
