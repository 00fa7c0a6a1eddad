using System.Collections.Concurrent;
using FsCheck;
using FsCheck.Fluent;

namespace SsdForecast.Runtime.Tests.Prefill;

public class PipelineTests
{
    [Fact]
    public void Every_stage_takes_every_item_once_in_order_and_after_the_stage_before() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var (stages, items, room, threads) = (random.Next(1, 6), random.Next(0, 40), random.Next(1, 8), random.Next(1, 7));
            var (next, begun) = (new int[stages], 0);
            Pipeline.Run(stages, items, room, threads, (stage, item) =>
            {
                Assert.Equal(item, next[stage]);
                if (stage > 0) Assert.True(next[stage - 1] > item);
                else Assert.InRange(Interlocked.Increment(ref begun) - Volatile.Read(ref next[^1]), 1, room);
                if (item % 3 == 0) Thread.Yield();
                Volatile.Write(ref next[stage], item + 1);
            });
            Assert.All(next, n => Assert.Equal(items, n));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_error_stops_all_threads_and_is_thrown_as_it_is()
    {
        var taken = new ConcurrentBag<(int, int)>();
        var thrown = Assert.Throws<InvalidDataException>(() => Pipeline.Run(3, 100, 4, 3, (stage, item) =>
        {
            if ((stage, item) == (1, 7)) throw new InvalidDataException("seven");
            taken.Add((stage, item));
        }));
        Assert.Equal("seven", thrown.Message);
        Assert.DoesNotContain(taken, t => t is (1, > 6) or (2, > 6) or (0, > 10));
    }
}
