//! `try`, `with`, and the ways out of them.

use super::lowered;

#[test]
fn try_all() {
    let text = r#"
try:
    a()
except (b.C, D) as e:
    c(e)
except:
    d()
else:
    e()
finally:
    f()
g()
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0: on exception b2
            t0 = global a
            t1 = t0()
            discard t1
            goto b1
          b1: on exception b6
            t2 = global e
            t3 = t2()
            discard t3
            goto b5
          b2: on exception b6
            if again then b3 else b4
          b3: on exception b6
            t4 = ?
            global e = t4
            t5 = global c
            t6 = global e
            t7 = t5(t6)
            discard t7
            del global e
            goto b5
          b4: on exception b6
            t8 = global d
            t9 = t8()
            discard t9
            goto b5
          b5:
            t10 = global f
            t11 = t10()
            discard t11
            goto b7
          b6:
            t12 = global f
            t13 = t12()
            discard t13
            unwind
          b7:
            t14 = global g
            t15 = t14()
            discard t15
            return _
          b2 catches b.C, D and all
    "#);
}

#[test]
fn ways_out_of_finally() {
    let text = r#"
def f():
    for x in y:
        try:
            if a: continue
            if b: break
            return c()
        finally:
            d()
    e()
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = function fn1
            global f = t0
            return _
        fn1 def f
          b0:
            t0 = global y
            %1 = t0
            goto b1
          b1: loop to b10
            t1 = next %1
            x = t1
            goto b2
          b2: on exception b8
            t2 = global a
            if t2 (global a) then b3 else b4
          b3:
            t3 = global d
            t4 = t3()
            discard t4
            goto b9
          b4: on exception b8
            t5 = global b
            if t5 (global b) then b5 else b6
          b5:
            t6 = global d
            t7 = t6()
            discard t7
            goto b11
          b6: on exception b8
            t8 = global c
            t9 = t8()
            %2 = t9
            goto b7
          b7:
            t10 = global d
            t11 = t10()
            discard t11
            t12 = %2
            return t12
          b8:
            t13 = global d
            t14 = t13()
            discard t14
            unwind
          b9:
            if again then b1 else b10
          b10:
            goto b11
          b11:
            t15 = global e
            t16 = t15()
            discard t16
            return _
    "#);
}

#[test]
fn with_items() {
    let text = r#"
def f():
    with a() as b, c:
        return d(b)
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = function fn1
            global f = t0
            return _
        fn1 def f
          b0:
            t0 = global a
            t1 = t0()
            %1 = t1
            t2 = enter %1
            b = t2
            goto b1
          b1: on exception b6
            t3 = global c
            %2 = t3
            t4 = enter %2
            goto b2
          b2: on exception b5
            t5 = global d
            t6 = b
            t7 = t5(t6)
            %3 = t7
            goto b3
          b3: on exception b6
            exit %2
            goto b4
          b4:
            exit %1
            t8 = %3
            return t8
          b5: on exception b6
            exit %2 on exception
            unwind
          b6:
            exit %1 on exception
            unwind
    "#);
}

#[test]
fn async_with() {
    let text = r#"
async def f():
    async with a as b:
        await b.c()
    async for d in e:
        pass
    return [g async for g in h if i]
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0:
            t0 = function fn1
            global f = t0
            return _
        fn1 async def f
          b0:
            t0 = global a
            %3 = t0
            t1 = async enter %3
            b = t1
            goto b1
          b1: on exception b3
            t2 = b
            t3 = t2.c
            t4 = t3()
            t5 = await t4
            discard t5
            goto b2
          b2:
            exit %3
            goto b4
          b3:
            exit %3 on exception
            unwind
          b4:
            t6 = global e
            %4 = t6
            goto b5
          b5: loop to b8
            t7 = async next %4
            d = t7
            goto b6
          b6:
            goto b7
          b7:
            if again then b5 else b8
          b8:
            t8 = global h
            %5 = t8
            loop {
            t9 = async next %5
            g = t9
            t10 = global i
            t11 = g
            }
            t12 = List {t11 …}
            return t12
    "#);
}

#[test]
fn except_star() {
    let text = r#"
try:
    a()
except* E as e:
    b()
"#;
    insta::assert_snapshot!(lowered(text), @r#"
        fn0 module
          b0: on exception b1
            t0 = global a
            t1 = t0()
            discard t1
            goto b4
          b1:
            if again then b2 else b3
          b2:
            t2 = ?
            global e = t2
            t3 = global b
            t4 = t3()
            discard t4
            del global e
            goto b4
          b3:
            unwind
          b4:
            return _
          b1 catches E
    "#);
}
