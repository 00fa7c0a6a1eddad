using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A stream of random numbers with a state of its own.</summary>
    public class Generator : IDisposable
    {
        public IntPtr Handle { get; private set; }

        public Device device { get; private set; }

        public Generator(ulong seed = 0, Device? device = null)
            : this(device ?? CPU, fresh: true, (long)seed)
        {
        }

        private Generator(Device device, bool fresh, long seed)
        {
            Handle = NativeMethods.Check(NativeMethods.ssdf_generator((int)device.type, device.index, fresh ? 1 : 0, seed));
            this.device = device;
        }

        ~Generator() => Dispose(false);

        /// <summary>The one that the CPU uses where none is given.</summary>
        public static Generator Default => new(CPU, fresh: false, 0);

        public Generator manual_seed(long seed)
        {
            NativeMethods.ssdf_generator_set_seed(Handle, seed);
            return this;
        }

        /// <summary>Seeds from the clock; returns the seed.</summary>
        public long seed()
        {
            long seed = DateTime.UtcNow.Ticks;
            manual_seed(seed);
            return seed;
        }

        public long initial_seed() => NativeMethods.ssdf_generator_seed(Handle);

        public Tensor get_state() => new(NativeMethods.Check(NativeMethods.ssdf_generator_state(Handle)));

        public void set_state(Tensor value)
        {
            NativeMethods.Check(NativeMethods.ssdf_generator_set_state(Handle, value.Handle));
            GC.KeepAlive(value);
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (Handle == IntPtr.Zero) return;
            NativeMethods.ssdf_generator_release(Handle);
            Handle = IntPtr.Zero;
        }
    }

    public static Generator manual_seed(long seed) => random.manual_seed(seed);

    public static partial class random
    {
        /// <summary>Seeds every device; returns the generator of the CPU.</summary>
        public static Generator manual_seed(long seed)
        {
            NativeMethods.Check(NativeMethods.ssdf_manual_seed(seed));
            return Generator.Default;
        }

        public static long seed() => Generator.Default.seed();

        public static long initial_seed() => Generator.Default.initial_seed();

        public static Tensor get_rng_state() => Generator.Default.get_state();

        public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);
    }
}
