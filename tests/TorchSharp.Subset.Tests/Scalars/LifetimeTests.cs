using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Scalars;

/// <summary>A number that is converted implicitly is known to nobody but the call that it is given to; a garbage collection on another thread must not end it there.</summary>
public class LifetimeTests
{
    [Fact]
    public void Numbers_live_until_the_call_has_read_them()
    {
        using var scope = NewDisposeScope();
        using var done = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect(0);
                Thread.Sleep(1);
            }
        });
        var (x, y) = (zeros(4, 128, 128), ones(4, 128, 128));
        var everywhere = ones(128, 128, dtype: ScalarType.Bool);
        collector.Start();
        try
        {
            // Long enough for the code under test to be compiled with optimisation, if it may be.
            for (var clock = Stopwatch.StartNew(); clock.ElapsedMilliseconds < 1500;)
            {
                using var step = NewDisposeScope();
                for (var i = 0; i < 50; i++)
                {
                    var (filled, sum) = Compute(x, y, everywhere);
                    Assert.Equal(3f, filled[3, 127, 127].item<float>());
                    Assert.Equal(1f, sum[3, 127, 127].item<float>());
                }
            }
        }
        finally
        {
            done.Cancel();
            collector.Join();
        }
    }

    // In a sum the second operand is multiplied by a number, 1.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (Tensor Filled, Tensor Sum) Compute(Tensor x, Tensor y, Tensor everywhere) => (x.masked_fill(everywhere, 3), x + y);

#if TORCHSHARP_PACKAGE
    /// <summary>See Directory.Build.targets.</summary>
    [Fact]
    public void TorchSharp_is_compiled_without_optimisation()
        => Assert.True(typeof(torch).Assembly.GetCustomAttribute<DebuggableAttribute>()!.IsJITOptimizerDisabled);
#endif
}
