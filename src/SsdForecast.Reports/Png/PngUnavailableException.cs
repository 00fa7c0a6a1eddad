namespace SsdForecast.Reports;

/// <summary>
/// This machine cannot draw PNG: librsvg, cairo or a font is missing. The message says what to install; SVG and HTML need none of it.
/// </summary>
public sealed class PngUnavailableException : Exception
{
    /// <summary>Something that is not known is missing.</summary>
    public PngUnavailableException() : this("librsvg does not work")
    {
    }

    /// <summary>Something is missing.</summary>
    /// <param name="what">What is missing, as a clause; the way out is added.</param>
    public PngUnavailableException(string what) : this(what, null)
    {
    }

    /// <summary>Something is missing.</summary>
    /// <param name="what">What is missing, as a clause; the way out is added.</param>
    /// <param name="innerException">What the loader said.</param>
    public PngUnavailableException(string what, Exception? innerException)
        : base($"cannot draw PNG: {what}; install librsvg2-2 and a font (on Debian or Ubuntu: apt-get install librsvg2-2 fonts-dejavu-core), or take SVG or HTML, which need nothing", innerException)
    {
    }
}
