namespace SsdForecast.Structure;

/// <summary>Which masks a dual may have.</summary>
public enum MaskKind
{
    /// <summary>Every <c>a_t</c> differs from zero: one block.</summary>
    Fine,

    /// <summary><c>a_t</c> may be zero, which forgets everything; that is of use only at a cut.</summary>
    General,
}
