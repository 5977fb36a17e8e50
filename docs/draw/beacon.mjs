// Checks signatures of drand's chain «quicknet»: BLS over BLS12-381, signatures in G1, keys in G2.
//
// Written to be read and to depend on nothing; the same as beacon.py. It is not constant in time: it handles
// no secrets. Sources: RFC 9380 (hash to curve, suite BLS12381G1_XMD:SHA-256_SSWU_RO_), the BLS signature draft of
// the IRTF's CFRG (minimal-signature-size, basic scheme), and drand's specification.

const { subtle } = globalThis.crypto ?? (await import("node:crypto")).webcrypto;

const PUBLIC_KEY =
  "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451" +
  "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a";
const DST = new TextEncoder().encode("BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_");

// The field, the order of the groups, and the curve's parameter (which is negative) without its sign.
const P = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn;
const R = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;
const X = 0xd201000000010000n;

const mod = (a) => ((a % P) + P) % P;

function inverse(a) {
  let [r, rest, s, next] = [P, mod(a), 0n, 1n];
  while (rest) {
    const q = r / rest;
    [r, rest] = [rest, r - q * rest];
    [s, next] = [next, s - q * next];
  }
  return mod(s);
}

/** A square root, or null. P is 3 modulo 4. */
function root(a) {
  const square = mod(a);
  let found = 1n;
  for (const bit of ((P + 1n) / 4n).toString(2)) {
    found = (found * found) % P;
    if (bit === "1") found = (found * square) % P;
  }
  return (found * found) % P === square ? found : null;
}

// Fp2: pairs [a, b] for a + b·i, with i² = −1.

const add2 = (a, b) => [mod(a[0] + b[0]), mod(a[1] + b[1])];
const sub2 = (a, b) => [mod(a[0] - b[0]), mod(a[1] - b[1])];
const mul2 = (a, b) => [mod(a[0] * b[0] - a[1] * b[1]), mod(a[0] * b[1] + a[1] * b[0])];
const equal2 = (a, b) => a[0] === b[0] && a[1] === b[1];

function inverse2(a) {
  const norm = inverse(a[0] * a[0] + a[1] * a[1]);
  return [mod(a[0] * norm), mod(-a[1] * norm)];
}

function root2(a) {
  const norm = root(a[0] * a[0] + a[1] * a[1]);
  if (norm === null) return null;
  const real = root((a[0] + norm) * inverse(2n)) ?? root((a[0] - norm) * inverse(2n));
  if (!real) return null;
  const found = [real, mod(a[1] * inverse(2n * real))];
  return equal2(mul2(found, found), a) ? found : null;
}

// Points are [x, y]; null is the point at infinity. G1 lies on y² = x³ + 4 over Fp.

function add(p, q) {
  if (!p || !q) return p ?? q;
  let slope;
  if (p[0] === q[0]) {
    if (p[1] !== q[1] || p[1] === 0n) return null;
    slope = 3n * p[0] * p[0] * inverse(2n * p[1]);
  } else {
    slope = (q[1] - p[1]) * inverse(q[0] - p[0]);
  }
  slope = mod(slope);
  const x = mod(slope * slope - p[0] - q[0]);
  return [x, mod(slope * (p[0] - x) - p[1])];
}

function times(n, p) {
  let sum = null;
  for (const bit of n.toString(2)) {
    sum = add(sum, sum);
    if (bit === "1") sum = add(sum, p);
  }
  return sum;
}

/** A compressed point of G1 from hex, or null where it is none (or the point at infinity). */
function g1(hex) {
  if (!/^[0-9a-f]{96}$/.test(hex)) return null;
  const flags = parseInt(hex.slice(0, 2), 16) >> 5;
  const x = BigInt(`0x${hex}`) & ((1n << 381n) - 1n);
  let y = root(x ** 3n + 4n);
  if ((flags !== 4 && flags !== 5) || x >= P || y === null) return null;
  if (y > P / 2n !== (flags === 5)) y = P - y;
  return times(R, [x, y]) === null ? [x, y] : null;
}

/** The public key: compressed, known to be good. */
function g2(hex) {
  const flags = parseInt(hex.slice(0, 2), 16) >> 5;
  const x = [BigInt(`0x${hex.slice(96)}`), BigInt(`0x${hex.slice(0, 96)}`) & ((1n << 381n) - 1n)];
  const y = root2(add2(mul2(mul2(x, x), x), [4n, 4n]));
  const isLarger = y[1] ? y[1] > P / 2n : y[0] > P / 2n;
  return [x, isLarger === (flags === 5) ? y : sub2([0n, 0n], y)];
}

// Hash to curve.

// The curve E' that has an isogeny of degree 11 to G1's curve, and the number Z of RFC 9380, 8.8.1.
const A = 0x144698a3b8e9433d693a02c96d4982b0ea985383ee66a8d8e8981aefd881ac98936f8da0e0f97f5cf428082d584c1dn;
const B = 0x12e2908d11688030018b12e8753eee3b2016c1f0f24f4070a0b9c14fcef35ef55a23215a316ceaa5d1cc48e98e172be0n;
const Z = 11n;
// The polynomial whose roots are the x of the isogeny's kernel, from the constant term up. The long tables of
// RFC 9380, E.2 follow from it by the formulas of Vélu and Kohel; its denominators are the square and the cube.
const KERNEL = [
  0x133341fb0962a34cb0504a9c4fada0a5090d38679b4c040d5d1c3afb023a3409fcc0815fea66d8b02bbef9c8b5a66e07n,
  0x264908af037bcede00d054cf5d4775e83eb6cf63c76b969f8ed174fb59fcff78d201f46f6cfc4ed6552e59ce75177b0n,
  0x1335c502c1f54c49aceea65e87fd7203ba0f626f305fc0cfd606a5dae9f3c8e81a4b3b69600129fabd307c69bf319d39n,
  0x94440f65f408a6e930e16e3e92dd17bf60d6e9679a8d3d58593de55ac23703042d609537eb3549aac234d896ca82944n,
  0x4afe09d5cf4956a23b6b71f59d2b3407b415a774b7be81bbb6fa99cbc798e0ac98ba725a5bc328016b1c268b4766e85n,
  1n,
];

const join = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const sha256 = async (...parts) => new Uint8Array(await subtle.digest("SHA-256", join(...parts)));
const toHex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** expand_message_xmd of RFC 9380, 5.3.1. */
async function expand(message, length) {
  const dst = join(DST, [DST.length]);
  const first = await sha256(new Uint8Array(64), message, [length >> 8, length & 255, 0], dst);
  const blocks = [await sha256(first, [1], dst)];
  while (32 * blocks.length < length) {
    const mixed = first.map((byte, at) => byte ^ blocks.at(-1)[at]);
    blocks.push(await sha256(mixed, [blocks.length + 1], dst));
  }
  return join(...blocks).slice(0, length);
}

/** The simplified SWU map to E' of RFC 9380, 6.6.2. */
function mapToCurve(u) {
  const t = mod(Z * u * u);
  const tail = mod(t * t + t);
  let x = tail ? mod(-B * inverse(A) * (1n + inverse(tail))) : mod(B * inverse(Z * A));
  let y = root(x ** 3n + A * x + B);
  if (y === null) {
    x = mod(t * x);
    y = root(x ** 3n + A * x + B);
  }
  return [x, y % 2n === u % 2n ? y : P - y];
}

const derivative = (polynomial) => polynomial.map((c, power) => BigInt(power) * c).slice(1);
const evaluate = (polynomial, x) => polynomial.reduceRight((value, c) => mod(value * x + c), 0n);

/** From E' to G1's curve. */
function isogeny([x, y]) {
  const polynomials = [KERNEL];
  while (polynomials.length < 4) polynomials.push(derivative(polynomials.at(-1)));
  const [h, h1, h2, h3] = polynomials.map((polynomial) => evaluate(polynomial, x));
  if (h === 0n) return null;
  const i = inverse(h);
  // q = h'/h and its derivatives, f = x³ + Ax + B and its derivatives.
  const q = mod(h1 * i);
  const q1 = mod(h2 * i - q * q);
  const q2 = mod(h3 * i - 3n * h2 * h1 * i * i + 2n * q ** 3n);
  const [f, f1, f2] = [x ** 3n + A * x + B, 3n * x * x + A, 6n * x];
  const to = 11n * x + 2n * KERNEL[4] - 2n * f1 * q - 4n * f * q1;
  const slope = 11n - 2n * f2 * q - 6n * f1 * q1 - 4n * f * q2;
  return [mod(to * inverse(11n ** 2n)), mod(y * slope * inverse(11n ** 3n))];
}

async function hashToG1(message) {
  const data = toHex(await expand(message, 128));
  const u = [data.slice(0, 128), data.slice(128)].map((part) => mod(BigInt(`0x${part}`)));
  return times(X + 1n, add(isogeny(mapToCurve(u[0])), isogeny(mapToCurve(u[1]))));
}

// Fp12: twelve coefficients of w, with w¹² = 2w⁶ − 2, so that w⁶ = 1 + i.

const ONE = [1n, ...new Array(11).fill(0n)];

function mul12(a, b) {
  const product = new Array(23).fill(0n);
  for (let i = 0; i < 12; i++) {
    if (a[i]) for (let j = 0; j < 12; j++) product[i + j] += a[i] * b[j];
  }
  for (let i = 22; i > 11; i--) {
    product[i - 6] += 2n * product[i];
    product[i - 12] -= 2n * product[i];
  }
  return product.slice(0, 12).map(mod);
}

/** The line through t (on the twist) with this slope there, at p, times w³. */
function line(t, slope, p) {
  const value = new Array(12).fill(0n);
  const put = (power, [a, b]) => {
    value[power] += a - b;
    value[power + 6] += b;
  };
  put(0, sub2(mul2(slope, t[0]), t[1]));
  put(2, [-slope[0] * p[0], -slope[1] * p[0]]);
  put(3, [p[1], 0n]);
  return value;
}

function step(t, q, slope) {
  const x = sub2(sub2(mul2(slope, slope), t[0]), q[0]);
  return [x, sub2(mul2(slope, sub2(t[0], x)), t[1])];
}

/** Miller's loop of the ate pairing, but for the sign of X. */
function miller(p, q) {
  let [f, t] = [ONE, q];
  for (const bit of X.toString(2).slice(1)) {
    const square = mul2(t[0], t[0]);
    let slope = mul2(add2(add2(square, square), square), inverse2(add2(t[1], t[1])));
    f = mul12(mul12(f, f), line(t, slope, p));
    t = step(t, t, slope);
    if (bit === "1") {
      slope = mul2(sub2(q[1], t[1]), inverse2(sub2(q[0], t[0])));
      f = mul12(f, line(t, slope, p));
      t = step(t, q, slope);
    }
  }
  return f;
}

const G2 = [
  [
    0x024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8n,
    0x13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7en,
  ],
  [
    0x0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801n,
    0x0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79ben,
  ],
];

/** Whether the chain signed this round so (96 digits of hex): e(signature, −G2) · e(hash, key) = 1. */
export async function isSigned(round, signature) {
  const point = g1(signature);
  if (point === null) return false;
  const message = new DataView(new ArrayBuffer(8));
  message.setBigUint64(0, BigInt(round));
  const hashed = await hashToG1(await sha256(new Uint8Array(message.buffer)));
  const f = mul12(miller([point[0], P - point[1]], G2), miller(hashed, g2(PUBLIC_KEY)));
  let result = ONE;
  for (const bit of ((P ** 12n - 1n) / R).toString(2)) {
    result = mul12(result, result);
    if (bit === "1") result = mul12(result, f);
  }
  return result.every((c, at) => c === ONE[at]);
}
