using System.Text;

namespace SsdForecast.Cli.Serving;

/// <summary>The texts of series names that come as UTF-8, kept so that a name that comes again makes no garbage: the last of each place of a table.</summary>
internal sealed class SeriesNames
{
    private const int Places = 1 << 14;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly (byte[] Utf8, string Name)[] _kept = new (byte[], string)[Places];

    /// <summary>The name that bytes spell; one string for each name.</summary>
    /// <exception cref="BadEventException">Not UTF-8.</exception>
    public string Of(ReadOnlySpan<byte> utf8)
    {
        var hash = new HashCode();
        hash.AddBytes(utf8);
        ref var kept = ref _kept[hash.ToHashCode() & (Places - 1)];
        if (kept.Utf8 is not null && utf8.SequenceEqual(kept.Utf8)) return kept.Name;
        try
        {
            kept = (utf8.ToArray(), Strict.GetString(utf8));
        }
        catch (ArgumentException)
        {
            throw new BadEventException(BadEvent.BadName, "the name of the series is not UTF-8");
        }

        return kept.Name;
    }
}
