using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>An observation as bytes: ticks (int64), value (float64), three counts (int32), then past, known and static covariates (float64).</summary>
internal static class ObservationBytes
{
    public static void Put(this ByteWriter writer, in Observation o)
    {
        writer.Put(o.Time.Ticks);
        writer.Put(o.Value);
        writer.Put(o.PastCovariates.Length);
        writer.Put(o.KnownCovariates.Length);
        writer.Put(o.StaticCovariates.Length);
        writer.Put(o.PastCovariates.Span);
        writer.Put(o.KnownCovariates.Span);
        writer.Put(o.StaticCovariates.Span);
    }

    /// <summary>Reads what was written.</summary>
    /// <exception cref="EndOfStreamException">The bytes end too soon.</exception>
    /// <exception cref="ArgumentException">The ticks are no time.</exception>
    public static Observation ReadObservation(this ref ByteReader reader)
    {
        var time = new DateTime(reader.Int64());
        var value = reader.Double();
        var (past, known, statics) = (reader.Int32(), reader.Int32(), reader.Int32());
        return new Observation(time, value, reader.Doubles(past), reader.Doubles(known), reader.Doubles(statics));
    }
}
