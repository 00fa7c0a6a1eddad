namespace SsdForecast.Runtime.Tests.Batched;

public class ParallelClaimsTests
{
    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 4)]
    [InlineData(1000, 1)]
    [InlineData(1000, 0)]
    [InlineData(1000, 7)]
    public void Every_piece_is_done_once_and_before_it_returns(int pieces, int threads)
    {
        for (var trial = 0; trial < 50; trial++)
        {
            var done = new int[pieces];
            ParallelClaims.Run(pieces, threads, piece => Interlocked.Increment(ref done[piece]));
            Assert.All(done, n => Assert.Equal(1, n));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_first_exception_is_thrown_as_it_is_and_nobody_works_on(int threads)
    {
        for (var trial = 0; trial < 50; trial++)
        {
            var working = 0;
            var thrown = Assert.Throws<InvalidDataException>(() => ParallelClaims.Run(100, threads, piece =>
            {
                Interlocked.Increment(ref working);
                try
                {
                    if (piece == 3) throw new InvalidDataException("three");
                }
                finally
                {
                    Interlocked.Decrement(ref working);
                }
            }));
            Assert.Equal("three", thrown.Message);
            Assert.Equal(0, Volatile.Read(ref working));
        }
    }

    [Fact]
    public void The_caller_does_it_all_where_the_thread_pool_is_taken()
    {
        using var release = new ManualResetEventSlim();
        var held = 4 * Environment.ProcessorCount;
        using var ended = new CountdownEvent(held);
        for (var i = 0; i < held; i++)
        {
            ThreadPool.QueueUserWorkItem(_ =>
            {
                release.Wait();
                ended.Signal();
            });
        }

        var done = 0;
        ParallelClaims.Run(10, 3, _ => Interlocked.Increment(ref done));
        Assert.Equal(10, done);
        release.Set();
        ended.Wait();
    }
}
