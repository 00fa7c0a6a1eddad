namespace SsdForecast.Runtime.Kernels;

/// <summary>Length checks of the overloads with spans.</summary>
internal static class SpanChecks
{
    public static void Required(long length, long wanted, string tensor)
    {
        if (length != wanted)
            throw new ArgumentException($"SSD: {tensor} must have {wanted} elements, but has {length}.");
    }

    public static void Optional(long length, long wanted, string tensor)
    {
        if (length != 0)
            Required(length, wanted, tensor);
    }
}
