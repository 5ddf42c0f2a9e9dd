//! Conditions, loops, `match`, and what cannot be reached.

use super::lowered;

#[test]
fn conditions() {
    let text = r#"
if a and not b or c.d is None:
    x = 1
elif e != None:
    x = 2
else:
    x = f == g
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = global a
            if t0 (global a) then b1 else b2
          b1:
            t1 = global b
            if t1 (global b) then b2 else b3
          b2:
            t2 = global c
            t3 = t2.d
            if t3 is None (global c.d) then b3 else b4
          b3:
            t4 = Int(1)
            global x = t4
            goto b7
          b4:
            t5 = global e
            if t5 is None (global e) then b6 else b5
          b5:
            t6 = Int(2)
            global x = t6
            goto b7
          b6:
            t7 = global f
            t8 = global g
            t9 = logical t7, t8
            global x = t9
            goto b7
          b7:
            return _
    "#);
}

#[test]
fn while_true() {
    let text = r#"
while True:
    if a():
        break
    b()
c()
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            goto b1
          b1: loop to b5
            goto b2
          b2:
            t0 = global a
            t1 = t0()
            if t1 then b3 else b4
          b3:
            goto b5
          b4:
            t2 = global b
            t3 = t2()
            discard t3
            goto b1
          b5:
            t4 = global c
            t5 = t4()
            discard t5
            return _
    "#);
}

#[test]
fn while_else() {
    let text = r#"
while a and b:
    c()
    if d:
        continue
else:
    e()
f()
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            goto b1
          b1: loop to b6
            t0 = global a
            if t0 (global a) then b2 else b6
          b2:
            t1 = global b
            if t1 (global b) then b3 else b6
          b3:
            t2 = global c
            t3 = t2()
            discard t3
            t4 = global d
            if t4 (global d) then b4 else b5
          b4:
            goto b1
          b5:
            goto b1
          b6:
            t5 = global e
            t6 = t5()
            discard t6
            t7 = global f
            t8 = t7()
            discard t8
            return _
    "#);
}

#[test]
fn for_loop() {
    let text = r#"
for i, (j, *k) in a():
    if i:
        continue
    if j:
        break
else:
    b()
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = global a
            t1 = t0()
            %0 = t1
            goto b1
          b1: loop to b8
            t2 = next %0
            t3 = element 0 of t2
            global i = t3
            t4 = element 1 of t2
            t5 = element 0 of t4
            global j = t5
            t6 = [1:-0] of t4
            global k = t6
            goto b2
          b2:
            t7 = global i
            if t7 (global i) then b3 else b4
          b3:
            goto b7
          b4:
            t8 = global j
            if t8 (global j) then b5 else b6
          b5:
            goto b9
          b6:
            goto b7
          b7:
            if again then b1 else b8
          b8:
            t9 = global b
            t10 = t9()
            discard t10
            goto b9
          b9:
            return _
    "#);
}

#[test]
fn for_that_never_goes_round() {
    let text = r#"
def f(a):
    for x in a:
        return x
    return None
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = function fn1
            global f = t0
            return _
        fn1 def f(a)
          b0:
            t0 = a
            %2 = t0
            goto b1
          b1: loop to b4
            t1 = next %2
            x = t1
            if again then b2 else b3
          b2:
            t2 = x
            return t2
          b3:
            if again then b1 else b4
          b4:
            t3 = None
            return t3
    "#);
}

#[test]
fn matches() {
    let text = r#"
match a():
    case [b, *c] if d:
        e(b)
    case K(f=1) as g:
        h(g)
    case {"i": j, **k}:
        pass
    case None | 1:
        pass
    case l:
        m(l)
n()
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = global a
            t1 = t0()
            %0 = t1
            if again then b1 else b3
          b1:
            t2 = %0
            t3 = element 0 of t2
            global b = t3
            t4 = ?
            global c = t4
            t5 = global d
            if t5 (global d) then b2 else b3
          b2:
            t6 = global e
            t7 = global b
            t8 = t6(t7)
            discard t8
            goto b10
          b3:
            if again then b4 else b5
          b4:
            t9 = %0
            global g = t9
            t10 = global h
            t11 = global g
            t12 = t10(t11)
            discard t12
            goto b10
          b5:
            if again then b6 else b7
          b6:
            t13 = "i"
            t14 = %0
            t15 = t14[t13]
            global j = t15
            t16 = ?
            global k = t16
            goto b10
          b7:
            if again then b8 else b9
          b8:
            goto b10
          b9:
            t17 = %0
            global l = t17
            t18 = global m
            t19 = global l
            t20 = t18(t19)
            discard t20
            goto b10
          b10:
            t21 = global n
            t22 = t21()
            discard t22
            return _
    "#);
}

#[test]
fn asserts() {
    let text = r#"
assert a, b()
assert c is not None
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = global a
            if t0 (global a) then b2 else b1
          b1:
            t1 = global b
            t2 = t1()
            t3 = ?
            raise t3
          b2:
            t4 = global c
            if t4 is None (global c) then b3 else b4
          b3:
            t5 = ?
            raise t5
          b4:
            return _
    "#);
}

#[test]
fn type_checking() {
    let text = r#"
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import a
else:
    import b
if not typing.TYPE_CHECKING:
    import c
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = from typing import TYPE_CHECKING
            global TYPE_CHECKING = t0
            goto b1
          b1:
            t1 = import b
            global b = t1
            goto b2
          b2:
            t2 = import c
            global c = t2
            goto b3
          b3:
            return _
    "#);
}

#[test]
fn dead_code() {
    let text = r#"
def f():
    raise a from b
    c()
def g():
    while True:
        pass
    d()
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = function fn1
            global f = t0
            t1 = function fn2
            global g = t1
            return _
        fn1 def f
          b0:
            t0 = global a
            t1 = global b
            raise t0
        fn2 def g
          b0:
            goto b1
          b1: loop to b3
            goto b2
          b2:
            goto b1
    "#);
}

#[test]
fn returned_conditionals() {
    let text = r#"
f = lambda a: b if a is None else c
def g(x):
    return x if x else y if z else w
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = function fn1
            global f = t0
            t1 = function fn2
            global g = t1
            return _
        fn1 lambda(a)
          b0:
            t0 = a
            if t0 is None (a) then b1 else b2
          b1:
            t1 = global b
            return t1
          b2:
            t2 = global c
            return t2
        fn2 def g(x)
          b0:
            t0 = x
            if t0 (x) then b1 else b2
          b1:
            t1 = x
            return t1
          b2:
            t2 = global z
            if t2 (global z) then b3 else b4
          b3:
            t3 = global y
            return t3
          b4:
            t4 = global w
            return t4
    "#);
}
