namespace SsdForecast.Streaming;

/// <summary>What a snapshot says of itself.</summary>
/// <param name="Generation">Number of the snapshot, counted from 1; the segment of the event log that follows it bears the same.</param>
/// <param name="Position">Log records before it.</param>
/// <param name="ModelHash"><see cref="SsdForecast.Runtime.RecurrentModel.Hash"/> of the model.</param>
/// <param name="Layout">What the bytes of a series are: lengths, the format of the weights that made them, and the names of companions.</param>
/// <param name="Attachment">Bytes of the program that were committed with it, such as how much of its output belongs to it.</param>
public sealed record SnapshotManifest(long Generation, long Position, string ModelHash, string Layout, ReadOnlyMemory<byte> Attachment)
{
    /// <summary>The most bytes of an attachment.</summary>
    public const int MostAttachment = 1 << 16;

    /// <summary>Refuses a snapshot that this engine cannot go on from.</summary>
    internal void Require(string source, string modelHash, string layout)
    {
        if (ModelHash != modelHash) throw StoreProblems.OtherModel(source, ModelHash, modelHash);
        if (RecordLayout.WeightsOf(Layout) is { } weights && RecordLayout.WeightsOf(layout) is { } own && weights != own) throw new OtherWeightsException(source, weights, own);
        if (Layout != layout && Layout != RecordLayout.WithoutWeights(layout)) throw StoreProblems.OtherLayout(source, Layout, layout);
    }
}
