namespace SsdForecast.Runtime;

/// <summary>The two forecasters of <c>docs/model.md</c>.</summary>
public enum ForecasterKind
{
    /// <summary>One token an observation; trains in parallel, streams as a recurrence (section 2).</summary>
    Causal,

    /// <summary>A window in, the whole horizon out, over patches; not a recurrence (section 3).</summary>
    Direct,
}
