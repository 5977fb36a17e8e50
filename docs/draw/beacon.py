"""Checks signatures of drand's chain «quicknet»: BLS over BLS12-381, signatures in G1, keys in G2.

Written to be read and to depend on nothing. It is not constant in time: it handles no secrets.
Sources: RFC 9380 (hash to curve, suite BLS12381G1_XMD:SHA-256_SSWU_RO_), the BLS signature draft of the
IRTF's CFRG (minimal-signature-size, basic scheme), and drand's specification.
"""

import hashlib

PUBLIC_KEY = bytes.fromhex(
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
)
DST = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"

# The field, the order of the groups, and the curve's parameter (which is negative) without its sign.
P = 0x1A0111EA397FE69A4B1BA7B6434BACD764774B84F38512BF6730D2A0F6B0F6241EABFFFEB153FFFFB9FEFFFFFFFFAAAB
R = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
X = 0xD201000000010000


def inverse(a):
    return pow(a, -1, P)


def root(a):
    """A square root, or None. P is 3 modulo 4."""
    found = pow(a, (P + 1) // 4, P)
    return found if found * found % P == a % P else None


# Fp2: pairs (a, b) for a + b·i, with i² = −1.


def add2(a, b):
    return ((a[0] + b[0]) % P, (a[1] + b[1]) % P)


def sub2(a, b):
    return ((a[0] - b[0]) % P, (a[1] - b[1]) % P)


def mul2(a, b):
    return ((a[0] * b[0] - a[1] * b[1]) % P, (a[0] * b[1] + a[1] * b[0]) % P)


def inverse2(a):
    norm = inverse(a[0] * a[0] + a[1] * a[1])
    return (a[0] * norm % P, -a[1] * norm % P)


def root2(a):
    norm = root(a[0] * a[0] + a[1] * a[1])
    if norm is None:
        return None
    real = root((a[0] + norm) * inverse(2))
    if real is None:
        real = root((a[0] - norm) * inverse(2))
    if not real:
        return None
    found = (real, a[1] * inverse(2 * real) % P)
    return found if mul2(found, found) == a else None


# Points are (x, y); None is the point at infinity. G1 lies on y² = x³ + 4 over Fp.


def add(p, q):
    if p is None or q is None:
        return p or q
    if p[0] == q[0]:
        if p[1] != q[1] or p[1] == 0:
            return None
        slope = 3 * p[0] * p[0] * inverse(2 * p[1])
    else:
        slope = (q[1] - p[1]) * inverse(q[0] - p[0])
    x = (slope * slope - p[0] - q[0]) % P
    return (x, (slope * (p[0] - x) - p[1]) % P)


def times(n, p):
    sum = None
    for bit in bin(n)[2:]:
        sum = add(sum, sum)
        if bit == "1":
            sum = add(sum, p)
    return sum


def g1(data):
    """A compressed point of G1, or None where it is none (or the point at infinity)."""
    if len(data) != 48:
        return None
    flags, x = data[0] >> 5, int.from_bytes(data, "big") & ((1 << 381) - 1)
    y = root(x**3 + 4)
    if flags not in (4, 5) or x >= P or y is None:
        return None
    if (y > P // 2) != (flags == 5):
        y = P - y
    return (x, y) if times(R, (x, y)) is None else None


def g2(data):
    """The public key: compressed, known to be good."""
    flags, x1 = data[0] >> 5, int.from_bytes(data[:48], "big") & ((1 << 381) - 1)
    x = (int.from_bytes(data[48:], "big"), x1)
    y = root2(add2(mul2(mul2(x, x), x), (4, 4)))
    if ((y[1], y[0]) > ((P - y[1]) % P, (P - y[0]) % P)) != (flags == 5):
        y = sub2((0, 0), y)
    return (x, y)


# Hash to curve.

# The curve E' that has an isogeny of degree 11 to G1's curve, and the number Z of RFC 9380, 8.8.1.
A = 0x144698A3B8E9433D693A02C96D4982B0EA985383EE66A8D8E8981AEFD881AC98936F8DA0E0F97F5CF428082D584C1D
B = 0x12E2908D11688030018B12E8753EEE3B2016C1F0F24F4070A0B9C14FCEF35EF55A23215A316CEAA5D1CC48E98E172BE0
Z = 11
# The polynomial whose roots are the x of the isogeny's kernel, from the constant term up. The long tables of
# RFC 9380, E.2 follow from it by the formulas of Vélu and Kohel; its denominators are the square and the cube.
KERNEL = (
    0x133341FB0962A34CB0504A9C4FADA0A5090D38679B4C040D5D1C3AFB023A3409FCC0815FEA66D8B02BBEF9C8B5A66E07,
    0x264908AF037BCEDE00D054CF5D4775E83EB6CF63C76B969F8ED174FB59FCFF78D201F46F6CFC4ED6552E59CE75177B0,
    0x1335C502C1F54C49ACEEA65E87FD7203BA0F626F305FC0CFD606A5DAE9F3C8E81A4B3B69600129FABD307C69BF319D39,
    0x94440F65F408A6E930E16E3E92DD17BF60D6E9679A8D3D58593DE55AC23703042D609537EB3549AAC234D896CA82944,
    0x4AFE09D5CF4956A23B6B71F59D2B3407B415A774B7BE81BBB6FA99CBC798E0AC98BA725A5BC328016B1C268B4766E85,
    1,
)


def expand(message, length):
    """expand_message_xmd of RFC 9380, 5.3.1."""
    dst = DST + bytes([len(DST)])
    first = hashlib.sha256(bytes(64) + message + length.to_bytes(2, "big") + b"\0" + dst).digest()
    blocks = [hashlib.sha256(first + b"\1" + dst).digest()]
    while 32 * len(blocks) < length:
        mixed = bytes(a ^ b for a, b in zip(first, blocks[-1]))
        blocks.append(hashlib.sha256(mixed + bytes([len(blocks) + 1]) + dst).digest())
    return b"".join(blocks)[:length]


def map_to_curve(u):
    """The simplified SWU map to E' of RFC 9380, 6.6.2."""
    t = Z * u * u % P
    tail = (t * t + t) % P
    x = -B * inverse(A) * (1 + inverse(tail)) % P if tail else B * inverse(Z * A) % P
    y = root(x**3 + A * x + B)
    if y is None:
        x = t * x % P
        y = root(x**3 + A * x + B)
    return (x, y if y % 2 == u % 2 else P - y)


def derivative(polynomial):
    return [i * c for i, c in enumerate(polynomial)][1:]


def evaluate(polynomial, x):
    value = 0
    for c in reversed(polynomial):
        value = (value * x + c) % P
    return value


def isogeny(point):
    """From E' to G1's curve."""
    x, y = point
    polynomials = [KERNEL]
    for _ in range(3):
        polynomials.append(derivative(polynomials[-1]))
    h, h1, h2, h3 = (evaluate(p, x) for p in polynomials)
    if h == 0:
        return None
    i = inverse(h)
    # q = h'/h and its derivatives, f = x³ + Ax + B and its derivatives.
    q = h1 * i % P
    q1 = (h2 * i - q * q) % P
    q2 = (h3 * i - 3 * h2 * h1 * i * i + 2 * q**3) % P
    f, f1, f2 = x**3 + A * x + B, 3 * x * x + A, 6 * x
    to = 11 * x + 2 * KERNEL[4] - 2 * f1 * q - 4 * f * q1
    slope = 11 - 2 * f2 * q - 6 * f1 * q1 - 4 * f * q2
    return (to * inverse(11**2) % P, y * slope * inverse(11**3) % P)


def hash_to_g1(message):
    data = expand(message, 128)
    u = [int.from_bytes(data[at : at + 64], "big") % P for at in (0, 64)]
    return times(X + 1, add(isogeny(map_to_curve(u[0])), isogeny(map_to_curve(u[1]))))


# Fp12: twelve coefficients of w, with w¹² = 2w⁶ − 2, so that w⁶ = 1 + i.


def mul12(a, b):
    product = [0] * 23
    for i, x in enumerate(a):
        if x:
            for j, y in enumerate(b):
                product[i + j] += x * y
    for i in range(22, 11, -1):
        product[i - 6] += 2 * product[i]
        product[i - 12] -= 2 * product[i]
    return [c % P for c in product[:12]]


def line(t, slope, p):
    """The line through t (on the twist) with this slope there, at p, times w³."""
    value = [0] * 12
    constant = sub2(mul2(slope, t[0]), t[1])
    for power, (a, b) in ((0, constant), (2, (-slope[0] * p[0], -slope[1] * p[0])), (3, (p[1], 0))):
        value[power] += a - b
        value[power + 6] += b
    return value


def miller(p, q):
    """Miller's loop of the ate pairing, but for the sign of X."""
    f, t = [1] + [0] * 11, q
    for bit in bin(X)[3:]:
        square = mul2(t[0], t[0])
        slope = mul2(add2(add2(square, square), square), inverse2(add2(t[1], t[1])))
        f = mul12(mul12(f, f), line(t, slope, p))
        t = step(t, t, slope)
        if bit == "1":
            slope = mul2(sub2(q[1], t[1]), inverse2(sub2(q[0], t[0])))
            f = mul12(f, line(t, slope, p))
            t = step(t, q, slope)
    return f


def step(t, q, slope):
    x = sub2(sub2(mul2(slope, slope), t[0]), q[0])
    return (x, sub2(mul2(slope, sub2(t[0], x)), t[1]))


G2 = (
    (
        0x024AA2B2F08F0A91260805272DC51051C6E47AD4FA403B02B4510B647AE3D1770BAC0326A805BBEFD48056C8C121BDB8,
        0x13E02B6052719F607DACD3A088274F65596BD0D09920B61AB5DA61BBDC7F5049334CF11213945D57E5AC7D055D042B7E,
    ),
    (
        0x0CE5D527727D6E118CC9CDC6DA2E351AADFD9BAA8CBDD3A76D429A695160D12C923AC9CC3BACA289E193548608B82801,
        0x0606C4A02EA734CC32ACD2B02BC28B99CB3E287E85A763AF267492AB572E99AB3F370D275CEC1DA1AAA9075FF05F79BE,
    ),
)


def is_signed(round, signature):
    """Whether the chain signed this round so: e(signature, −G2) · e(hash, key) = 1."""
    point = g1(signature)
    if point is None:
        return False
    hashed = hash_to_g1(hashlib.sha256(round.to_bytes(8, "big")).digest())
    f = mul12(miller((point[0], -point[1] % P), G2), miller(hashed, g2(PUBLIC_KEY)))
    result, exponent = [1] + [0] * 11, (P**12 - 1) // R
    for bit in bin(exponent)[2:]:
        result = mul12(result, result)
        if bit == "1":
            result = mul12(result, f)
    return result == [1] + [0] * 11
