//! How a module says which instruction sets its kernels run on.

/// Declares `Engine`, a detected instruction set, and `with_token!`, which runs a kernel with an engine's token.
///
/// After plain Rust, the tokens of x86-64 stand from the slowest to the fastest. The first argument is a dollar sign,
/// for the macro that this one declares.
macro_rules! engines {
    ($d:tt $(#[$portable:meta])* Portable; $($(#[$doc:meta])* $variant:ident($token:ident),)+) => {
        /// An instruction set, detected.
        #[derive(Clone, Copy, Debug)]
        #[non_exhaustive]
        pub enum Engine {
            $(#[$portable])*
            Portable($crate::lanes::Portable),
            $(
                $(#[$doc])*
                #[cfg(target_arch = "x86_64")]
                $variant($crate::lanes::$token),
            )+
        }

        impl Engine {
            /// The fastest one that this CPU has.
            #[must_use]
            pub fn detect() -> Self {
                let fastest = Self::Portable($crate::lanes::Portable::new());
                $(
                    #[cfg(target_arch = "x86_64")]
                    let fastest = $crate::lanes::$token::detect().map_or(fastest, Self::$variant);
                )+
                fastest
            }

            /// Every one that this CPU has.
            pub fn all() -> impl Iterator<Item = Self> {
                let all = core::iter::once(Self::Portable($crate::lanes::Portable::new()));
                $(
                    #[cfg(target_arch = "x86_64")]
                    let all = all.chain($crate::lanes::$token::detect().map(Self::$variant));
                )+
                all
            }

            /// The name that `pqkm_backend` and the benches use.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    Self::Portable(_) => $crate::lanes::Portable::NAME,
                    $(
                        #[cfg(target_arch = "x86_64")]
                        Self::$variant(_) => $crate::lanes::$token::NAME,
                    )+
                }
            }
        }

        /// Runs a kernel with the engine's token.
        macro_rules! with_token {
            ($d engine:expr, $d kernel:expr) => {
                match $d engine {
                    Engine::Portable(token) => token.enter($d kernel),
                    $(
                        #[cfg(target_arch = "x86_64")]
                        Engine::$variant(token) => token.enter($d kernel),
                    )+
                }
            };
        }
    };
}
