//! How a kernel is declared.

/// Declares a public function over lanes whose body runs with the token's instructions enabled.
///
/// `L` is the token type and the first argument, without a type, the token. All that the body calls is
/// `#[inline(always)]`.
macro_rules! kernel {
    ($(#[$meta:meta])* pub fn $name:ident$(<$(const $c:ident: $ct:ty),+>)?(
        $l:ident $(, $arg:ident: $ty:ty)* $(,)?
    ) $(-> $out:ty)? $body:block) => {
        $(#[$meta])*
        #[inline(always)]
        pub fn $name<L: $crate::lanes::Lanes $($(, const $c: $ct)+)?>($l: L $(, $arg: $ty)*) $(-> $out)? {
            #[expect(non_camel_case_types, reason = "one type parameter an argument, named after it")]
            struct Call<$($arg,)* $($(const $c: $ct),+)?>($($arg,)*);
            impl<L: $crate::lanes::Lanes $($(, const $c: $ct)+)?> $crate::lanes::Kernel<L>
                for Call<$($ty,)* $($($c),+)?>
            {
                type Output = kernel!(@output $($out)?);
                #[inline(always)]
                fn run(self, $l: L) -> Self::Output {
                    let Self($($arg,)*) = self;
                    $body
                }
            }
            $l.enter(Call::<$($ty,)* $($($c),+)?>($($arg,)*))
        }
    };
    (@output) => { () };
    (@output $out:ty) => { $out };
}
