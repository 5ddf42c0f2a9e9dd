//! Expressions, assignments, definitions and imports.

use super::lowered;

#[test]
fn decorators() {
    let text = r#"
@a.b
@c(1)
def f(x, /, y: "Optional[q.R]" = 1, *args: int, z: S | None = 2, **kw: dict[str, T]) -> U:
    yield x
@d
class K: pass
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = global a
            t1 = t0.b
            t2 = global c
            t3 = Int(1)
            t4 = t2(t3)
            t5 = Int(1)
            t6 = Int(2)
            t7 = function fn1 1=t5 3=t6
            t8 = @t4(t7)
            t9 = @t1(t8)
            global f = t9
            t10 = global d
            t11 = class0()
            t12 = @t10(t11)
            global K = t12
            return _
        fn1 def f(/x, y: q.R = …, *args: int, kw z: S = …, **kw: dict) generator @a.b, c
          b0:
            t0 = x
            t1 = yield t0
            discard t1
            return _
        fn2 class0 K @d
          b0:
            return _
    "#);
}

#[test]
fn arguments() {
    let text = r#"
f(a, *b, c=(d), **e)
f((a), b=(1, 2), c=((1, 2)), d=(  # why
    g), h=lambda: 1, i=j())
f(x for x in y)
f((yield_))
f((a).b, (a) + b)
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = global f
            t1 = global a
            t2 = global b
            t3 = global d
            t4 = global e
            t5 = t0(t1, *t2, c=(t3), **t4)
            discard t5
            t6 = global f
            t7 = global a
            t8 = Int(1)
            t9 = Int(2)
            t10 = Tuple {t8, t9}
            t11 = Int(1)
            t12 = Int(2)
            t13 = Tuple {t11, t12}
            t14 = global g
            t15 = function fn1
            t16 = global j
            t17 = t16()
            t18 = t6((t7), b=t10, c=t13, d=(t14), h=t15!lambda, i=t17!call)
            discard t18
            t19 = global f
            t20 = global y
            %1 = t20
            loop {
            t21 = next %1
            x = t21
            t22 = x
            }
            t23 = Generator {t22 …}
            t24 = t19(t23)
            discard t24
            t25 = global f
            t26 = global yield_
            t27 = t25((t26))
            discard t27
            t28 = global f
            t29 = global a
            t30 = t29.b
            t31 = global a
            t32 = global b
            t33 = t31 Add t32
            t34 = t28(t30, t33)
            discard t34
            return _
        fn1 lambda
          b0:
            t0 = Int(1)
            return t0
    "#);
}

#[test]
fn assignments() {
    let text = r#"
a = b = c
d.e = f[g] = h
i += 1
j.k += 1
l[m:n] -= 1
o: int = 1
p: int
q, *r, s = t
(u := v)
x = y if z else w
aa[0] = bb if cc else dd
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = global c
            global a = t0
            global b = t0
            t1 = global h
            t2 = global d
            t2.e = t1
            t3 = global f
            t4 = global g
            t3[t4] = t1
            t5 = global i
            t6 = Int(1)
            t7 = t5 Add t6 augmented
            global i = t7
            t8 = global j
            t9 = t8.k
            t10 = Int(1)
            t11 = t9 Add t10 augmented
            t8.k = t11 augmented
            t12 = global l
            t13 = global m
            t14 = global n
            t15 = t12[:]
            t16 = Int(1)
            t17 = t15 Sub t16 augmented
            t12[:] = t17 augmented
            t18 = Int(1)
            global o = t18
            t19 = global t
            t20 = element 0 of t19
            global q = t20
            t21 = [1:-1] of t19
            global r = t21
            t22 = element * of t19
            global s = t22
            t23 = global v
            global u = t23
            discard t23
            t24 = global z
            if t24 (global z) then b1 else b2
          b1:
            t25 = global y
            global x = t25
            goto b3
          b2:
            t26 = global w
            global x = t26
            goto b3
          b3:
            t27 = global cc
            if t27 (global cc) then b4 else b5
          b4:
            t28 = global bb
            %0 = t28
            goto b6
          b5:
            t29 = global dd
            %0 = t29
            goto b6
          b6:
            t30 = %0
            t31 = global aa
            t32 = Int(0)
            t31[t32] = t30
            return _
    "#);
}

#[test]
fn deletes() {
    let text = r#"
del a, b.c, d[e], (f, g)
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            del global a
            t0 = global b
            del t0.c
            t1 = global d
            t2 = global e
            del t1[t2]
            del global f
            del global g
            return _
    "#);
}

#[test]
fn strings() {
    let text = r#"
a = "x" 'y'
b = f"{c!r:>{d}} {e=}" "z"
f = b"x", 1.5, 10**100, -3, 99999999999999999999, ..., None, True
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = "xy"
            global a = t0
            t1 = global c
            t2 = global d
            t3 = global e
            t4 = format(t1, t2, t3)
            global b = t4
            t5 = Bytes(1)
            t6 = Float
            t7 = Int(10)
            t8 = Int(100)
            t9 = t7 Pow t8
            t10 = Int(-3)
            t11 = BigInt
            t12 = Ellipsis
            t13 = None
            t14 = Bool(true)
            t15 = Tuple {t5, t6, t9, t10, t11, t12, t13, t14}
            global f = t15
            return _
    "#);
}

#[test]
fn values() {
    let text = r#"
a = b or c and d
e = 1 < f < 3
g = not h
i = [*j, k]
l = {m: n, **o}
p = q[1:2, 3]
r = (s if t else u, v)
w = -x + ~y @ z
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = global b
            t1 = global c
            t2 = global d
            t3 = select t1, t2
            t4 = select t0, t3
            global a = t4
            t5 = Int(1)
            t6 = global f
            t7 = Int(3)
            t8 = logical t5, t6, t7
            global e = t8
            t9 = global h
            t10 = logical t9
            global g = t10
            t11 = global j
            t12 = global k
            t13 = List {*t11, t12}
            global i = t13
            t14 = global m
            t15 = global n
            t16 = global o
            t17 = Dict {t14: t15, *t16}
            global l = t17
            t18 = global q
            t19 = Int(1)
            t20 = Int(2)
            t21 = Int(3)
            t22 = t18[:]
            global p = t22
            t23 = global t
            t24 = global s
            t25 = global u
            t26 = select t24, t25
            t27 = global v
            t28 = Tuple {t26, t27}
            global r = t28
            t29 = global x
            t30 = unary t29
            t31 = global y
            t32 = unary t31
            t33 = global z
            t34 = t32 MatMul t33
            t35 = t30 Add t34
            global w = t35
            return _
    "#);
}

#[test]
fn imports() {
    let text = r#"
import a.b, c.d as e
from . import f
from ..g.h import i as j, k
from l import *
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = import a.b
            global a = t0
            t1 = import c.d as
            global e = t1
            t2 = from . import f
            global f = t2
            t3 = from ..g.h import i
            global j = t3
            t4 = from ..g.h import k
            global k = t4
            from l import *
            return _
    "#);
}

#[test]
fn generators() {
    let text = r#"
def f():
    x = yield
    yield from g()
    return (yield 1)
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = function fn1
            global f = t0
            return _
        fn1 def f generator
          b0:
            t0 = yield _
            x = t0
            t1 = global g
            t2 = t1()
            t3 = yield from t2
            discard t3
            t4 = Int(1)
            t5 = yield t4
            return t5
    "#);
}
