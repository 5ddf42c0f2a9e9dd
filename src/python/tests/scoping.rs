//! Where names live.

use super::lowered;

#[test]
fn comprehensions() {
    let text = r#"
a = [x + y for x in b for y in x if y]
c = {k: v for k, v in d.items()}
e = f(g(x) for x in h)
i = {(last := x) for x in j}
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = global b
            %6 = t0
            loop {
            t1 = next %6
            x = t1
            t2 = x
            %7 = t2
            loop {
            t3 = next %7
            y = t3
            t4 = y
            t5 = x
            t6 = y
            t7 = t5 Add t6
            }
            }
            t8 = List {t7 …}
            global a = t8
            t9 = global d
            t10 = t9.items
            t11 = t10()
            %8 = t11
            loop {
            t12 = next %8
            t13 = element 0 of t12
            k = t13
            t14 = element 1 of t12
            v = t14
            t15 = k
            t16 = v
            }
            t17 = Dict {t15: t16 …}
            global c = t17
            t18 = global f
            t19 = global h
            %9 = t19
            loop {
            t20 = next %9
            x = t20
            t21 = global g
            t22 = x
            t23 = t21(t22)
            }
            t24 = Generator {t23 …}
            t25 = t18(t24)
            global e = t25
            t26 = global j
            %10 = t26
            loop {
            t27 = next %10
            x = t27
            t28 = x
            global last = t28
            }
            t29 = Set {t28 …}
            global i = t29
            return _
    "#);
}

#[test]
fn comprehension_scopes() {
    let text = r#"
class C:
    n = 3
    a = [n for _ in range(n)]
    def m(self, n=n):
        return n, a, __class__
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = class0()
            global C = t0
            return _
        fn1 class0 C
          b0:
            t0 = Int(3)
            class n = t0
            t1 = global range
            t2 = class n or global n
            t3 = t1(t2)
            %1 = t3
            loop {
            t4 = next %1
            _ = t4
            t5 = global n
            }
            t6 = List {t5 …}
            class a = t6
            t7 = class n or global n
            t8 = function fn2 1=t7
            class m = t8
            return _
        fn2 def m(self, n = …) in fn1
          b0:
            t0 = n
            t1 = global a
            t2 = ?
            t3 = Tuple {t0, t1, t2}
            return t3
    "#);
}

#[test]
fn closures() {
    let text = r#"
def f(a, b):
    c = 0
    def g():
        nonlocal c
        c += a
        def h(): return c
        return h
    fs = [lambda: x for x in b]
    return g
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = function fn1
            global f = t0
            return _
        fn1 def f(a, b)
          b0:
            t0 = Int(0)
            cell^0 c = t0
            t1 = function fn2
            g = t1
            t2 = b
            %6 = t2
            loop {
            t3 = next %6
            cell^0 x = t3
            t4 = function fn3
            }
            t5 = List {t4 …}
            fs = t5
            t6 = g
            return t6
        fn2 def g in fn1
          b0:
            t0 = cell^1 c
            t1 = cell^1 a
            t2 = t0 Add t1 augmented
            cell^1 c = t2
            t3 = function fn4
            h = t3
            t4 = h
            return t4
        fn3 lambda in fn1
          b0:
            t0 = cell^1 x
            return t0
        fn4 def h in fn2
          b0:
            t0 = cell^2 c
            return t0
    "#);
}

#[test]
fn globals() {
    let text = r#"
n = 0
def f():
    global n
    n = 1
    def g(): return n
    return g
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = Int(0)
            global n = t0
            t1 = function fn1
            global f = t1
            return _
        fn1 def f
          b0:
            t0 = Int(1)
            global n = t0
            t1 = function fn2
            g = t1
            t2 = g
            return t2
        fn2 def g in fn1
          b0:
            t0 = global n
            return t0
    "#);
}

#[test]
fn class_names() {
    let text = r#"
def outer():
    x = 1
    class A(B, metaclass=M):
        y = x
        x = y
        def m(self): return x, y
    return A
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = function fn1
            global outer = t0
            return _
        fn1 def outer
          b0:
            t0 = Int(1)
            cell^0 x = t0
            t1 = global B
            t2 = global M
            t3 = class0(t1)
            A = t3
            t4 = A
            return t4
        fn2 class0 A in fn1
          b0:
            t0 = class x or global x
            class y = t0
            t1 = class y or global y
            class x = t1
            t2 = function fn3
            class m = t2
            return _
        fn3 def m(self) in fn2
          b0:
            t0 = cell^2 x
            t1 = global y
            t2 = Tuple {t0, t1}
            return t2
    "#);
}

#[test]
fn type_parameters() {
    let text = r#"
def f[T](a: T): return T
class C[U]:
    v = U
type X[W] = list[W]
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = function fn1
            global f = t0
            t1 = class0()
            global C = t1
            t2 = ?
            global X = t2
            return _
        fn1 def f(a: T)
          b0:
            t0 = ?
            T = t0
            t1 = T
            return t1
        fn2 class0 C
          b0:
            t0 = ?
            class U = t0
            t1 = class U or global U
            class v = t1
            return _
    "#);
}
