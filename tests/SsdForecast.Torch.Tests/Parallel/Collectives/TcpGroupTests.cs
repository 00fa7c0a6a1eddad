using System.Net;
using System.Net.Sockets;
using SsdForecast.Torch.Parallel.Collectives;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Parallel.Collectives;

/// <summary>Processes joined by TCP, here threads of one.</summary>
public class TcpGroupTests
{
    private static readonly TimeSpan Long = Ranks.Long;

    private static object?[] Run(int size, Func<TcpGroup, object?> work, TimeSpan? timeout = null) => Ranks.Run(size, work, timeout);

    [Theory]
    [InlineData(2, ScalarType.Float32)]
    [InlineData(3, ScalarType.Float64)]
    [InlineData(4, ScalarType.Float32)]
    public void Sums_are_the_same_bits_in_every_rank(int size, ScalarType dtype)
    {
        var numbers = Enumerable.Range(0, size).Select(rank => Enumerable.Range(0, 1000).Select(i => (float)Math.Sin((rank * 1000) + i)).ToArray()).ToArray();
        var results = Run(size, group =>
        {
            using var scope = NewDisposeScope();
            // A view with an offset, as a part of a flat buffer is.
            var values = cat([zeros(5, dtype: dtype), tensor(numbers[group.Rank]).to_type(dtype)]).narrow(0, 5, 1000);
            group.AllReduceSum(values);
            group.AllReduceSum(values);
            return values.to_type(ScalarType.Float64).data<double>().ToArray();
        });
        var first = Assert.IsType<double[]>(results[0]);
        for (var i = 0; i < 1000; i++) Assert.Equal(size * numbers.Sum(n => (double)n[i]), first[i], 1e-5);
        Assert.All(results, r => Assert.Equal(first, r));
    }

    [Fact]
    public void What_the_first_has_all_get()
    {
        var results = Run(3, group =>
        {
            using var scope = NewDisposeScope();
            var values = full(7, group.Rank + 1.5);
            group.Broadcast(values);
            group.Barrier();
            var told = group.Broadcast(group.Rank == 0 ? [1, double.NaN, 3] : []);
            var nothing = group.Broadcast([]);
            return (double[])[values.sum().item<float>(), .. told, nothing.Length];
        });
        Assert.All(results, r => Assert.Equal([10.5, 1, double.NaN, 3, 0], Assert.IsType<double[]>(r)));
    }

    [Fact]
    public void A_rank_that_fails_ends_the_others_with_its_reason()
    {
        var results = Run(4, group =>
        {
            if (group.Rank == 2)
            {
                group.Fail("the disk is full");
                return null;
            }
            group.Barrier();
            return "went on";
        });
        foreach (var rank in new[] { 0, 1, 3 }) Assert.Equal("rank 2: the disk is full", Assert.IsType<CollectiveException>(results[rank]).Message);
    }

    [Fact]
    public void After_a_failure_nobody_goes_on_not_even_to_send()
    {
        using var failed = new ManualResetEventSlim();
        var results = Run(2, group =>
        {
            if (group.Rank == 1)
            {
                group.Fail("the device is lost");
                // Its own operations end too.
                Assert.Throws<CollectiveException>(group.Barrier);
                failed.Wait(Long);
                return null;
            }
            // A broadcast of the first only sends, and would be through before the news is in.
            SpinWait.SpinUntil(() => group.Failure is not null, Long);
            try
            {
                group.Broadcast([1.0]);
                return "went on";
            }
            finally
            {
                failed.Set();
            }
        });
        Assert.Equal("rank 1: the device is lost", Assert.IsType<CollectiveException>(results[0]).Message);
        Assert.Null(results[1]);
    }

    [Fact]
    public void A_first_rank_that_fails_ends_the_others()
    {
        var results = Run(3, group =>
        {
            if (group.Rank == 0)
            {
                group.Fail("no such file");
                return null;
            }
            using var values = zeros(3);
            group.AllReduceSum(values);
            return "went on";
        });
        foreach (var rank in new[] { 1, 2 }) Assert.Equal("rank 0: no such file", Assert.IsType<CollectiveException>(results[rank]).Message);
    }

    [Fact]
    public void A_rank_that_vanishes_is_named()
    {
        using var listener = TcpGroup.Listen(0, everywhere: false);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var client = new TcpClient();
        client.Connect(IPAddress.Loopback, port);
        Greeting.Write(client, new Greeting(1, 2));
        var frame = new byte[FrameHeader.Size];
        new FrameHeader(FrameKind.Barrier, 1, 0).Write(frame);
        client.GetStream().Write(frame);
        using var group = TcpGroup.Join(new RankSettings(0, 2, 0, "127.0.0.1", port) { StartTimeout = Long }, listener);
        using var told = new ManualResetEventSlim();
        group.Failed += why =>
        {
            if (why == "rank 1 is gone") told.Set();
        };
        client.Client.Close(0);
        Assert.Equal("rank 1 is gone", Assert.Throws<CollectiveException>(group.Barrier).Message);
        Assert.True(told.Wait(Long));
    }

    [Fact]
    public void A_rank_that_is_silent_for_too_long_is_named()
    {
        var results = Run(
            2,
            group =>
            {
                if (group.Rank == 1) Thread.Sleep(1500);
                else group.Barrier();
                return null;
            },
            TimeSpan.FromSeconds(0.5));
        Assert.Contains("rank 1 has been silent for", Assert.IsType<CollectiveException>(results[0]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ranks_at_different_operations_are_told()
    {
        var results = Run(2, group =>
        {
            using var values = zeros(3);
            if (group.Rank == 0) group.Barrier();
            else group.AllReduceSum(values);
            return null;
        });
        Assert.Contains("rank 1 is at another operation", Assert.IsType<CollectiveException>(results[0]).Message, StringComparison.Ordinal);
        Assert.IsType<CollectiveException>(results[1]);
    }

    [Fact]
    public void A_stranger_at_the_port_is_sent_away_and_a_missing_rank_is_named()
    {
        using var listener = TcpGroup.Listen(0, everywhere: false);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var stranger = new TcpClient();
        stranger.Connect(IPAddress.Loopback, port);
        stranger.GetStream().Write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8);
        var error = Assert.Throws<CollectiveException>(() => TcpGroup.Join(new RankSettings(0, 2, 0, "127.0.0.1", port) { StartTimeout = TimeSpan.FromSeconds(1) }, listener));
        Assert.Contains("rank 1 has not come", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_first_rank_that_does_not_answer_is_named()
    {
        int free;
        using (var listener = TcpGroup.Listen(0, everywhere: false)) free = ((IPEndPoint)listener.LocalEndpoint).Port;
        var error = Assert.Throws<CollectiveException>(() => TcpGroup.Join(new RankSettings(1, 2, 1, "127.0.0.1", free) { StartTimeout = TimeSpan.FromSeconds(0.5) }));
        Assert.Contains($"127.0.0.1:{free}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_of_a_launcher_is_read()
    {
        var variables = new Dictionary<string, string> { ["RANK"] = "5", ["WORLD_SIZE"] = "8", ["LOCAL_RANK"] = "1", ["MASTER_ADDR"] = "node0", ["MASTER_PORT"] = "29500" };
        RankSettings? Read() => RankSettings.FromEnvironment(name => variables.GetValueOrDefault(name));
        Assert.Equal(new RankSettings(5, 8, 1, "node0", 29500), Read());
        variables["TORCHELASTIC_USE_AGENT_STORE"] = "True";
        variables["SSDF_RANK_TIMEOUT"] = "7";
        Assert.Equal(29501, Read()!.Port);
        Assert.Equal(TimeSpan.FromSeconds(7), Read()!.Timeout);
        variables.Remove("LOCAL_RANK");
        Assert.Equal(5, Read()!.LocalRank);
        foreach (var (name, wrong) in new[] { ("RANK", "8"), ("RANK", "x"), ("MASTER_PORT", "0"), ("MASTER_PORT", ""), ("MASTER_ADDR", ""), ("WORLD_SIZE", "-1") })
        {
            var good = variables[name];
            variables[name] = wrong;
            Assert.Contains(name, Assert.Throws<FormatException>(Read).Message, StringComparison.Ordinal);
            variables[name] = good;
        }
        variables["WORLD_SIZE"] = "1";
        Assert.Null(Read());
    }
}
