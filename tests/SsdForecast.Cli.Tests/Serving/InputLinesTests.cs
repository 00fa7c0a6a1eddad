using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SsdForecast.Cli.Serving;

namespace SsdForecast.Cli.Tests.Serving;

public class InputLinesTests
{
    [Fact]
    public void It_cuts_as_a_reader_of_text_does() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        var text = new StringBuilder(random.Next(3) == 0 ? "\uFEFF" : "");
        for (var i = random.Next(40); i > 0; i--) text.Append('ä', random.Next(5) == 0 ? random.Next(100_000) : random.Next(20)).Append(random.Next(3) switch { 0 => "\r\n", _ => "\n" });
        if (random.Next(2) == 0) text.Append("the end");
        var bytes = new UTF8Encoding(false).GetBytes(text.ToString());
        var expected = new StringReader(text.ToString().TrimStart('\uFEFF'));
        var lines = new InputLines(new Pieces(bytes, random), CancellationToken.None);
        long number = 0;
        while (lines.Next(out var line, out var tooLong))
        {
            Assert.False(tooLong);
            Assert.Equal(expected.ReadLine(), Encoding.UTF8.GetString(line));
            Assert.Equal(++number, lines.Number);
        }

        Assert.Null(expected.ReadLine());
        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_line_that_is_too_long_is_passed_over_without_being_held(bool last)
    {
        var bytes = Encoding.UTF8.GetBytes("first\n" + new string('x', 10 << 20) + (last ? "" : "\nthird\n"));
        var lines = new InputLines(new MemoryStream(bytes), CancellationToken.None);
        Assert.True(lines.Next(out var line, out _));
        Assert.True(line.SequenceEqual("first"u8));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(lines.Next(out line, out var tooLong));
        Assert.True(tooLong && line.IsEmpty);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 6 * InputLines.Longest);
        Assert.Equal(!last, lines.Next(out line, out tooLong));
        if (!last) Assert.True(line.SequenceEqual("third"u8) && !tooLong);
        Assert.False(lines.Next(out _, out _));
    }

    [Fact]
    public void A_read_that_waits_is_left_when_the_user_asks_to_stop()
    {
        using var stop = new CancellationTokenSource();
        var waited = 0;
        var lines = new InputLines(new Never(), stop.Token, () =>
        {
            waited++;
            stop.CancelAfter(50);
        });
        Assert.False(lines.Next(out _, out _));
        Assert.Equal(1, waited);
    }

    private sealed class Pieces(byte[] bytes, Random random) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => new(Read(buffer.Span[..Math.Min(buffer.Length, 1 + random.Next(70_000))]));
    }

    private sealed class Never : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
            return 0;
        }
    }
}
