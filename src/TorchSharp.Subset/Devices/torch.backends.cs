using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class backends
    {
        public static partial class cuda
        {
            public static partial class matmul
            {
                /// <summary>Whether products of float32 may round their inputs to TF32: much faster, three digits less.</summary>
                public static bool allow_tf32
                {
                    get => Flag(0, -1);
                    set => Flag(0, value ? 1 : 0);
                }
            }
        }

        public static partial class cudnn
        {
            /// <summary>Whether convolutions of float32 may round their inputs to TF32.</summary>
            public static bool allow_tf32
            {
                get => Flag(1, -1);
                set => Flag(1, value ? 1 : 0);
            }
        }

        private static bool Flag(int which, int value) => NativeMethods.Check(NativeMethods.ssdf_allow_tf32(which, value)) != 0;
    }
}
