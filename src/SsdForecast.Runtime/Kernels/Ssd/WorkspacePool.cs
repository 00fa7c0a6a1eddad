using System.Runtime.InteropServices;

namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// Scratch memory that outlives a call, so that a training step does not fault its pages in anew each time. Keeps at most <see cref="MostKept"/> bytes.
/// </summary>
internal static unsafe class WorkspacePool
{
    private const nuint MostKept = 128u << 20;
    private static readonly Lock Gate = new();
    private static readonly List<(nint Memory, nuint Bytes)> Blocks = [];
    private static nuint kept;

    /// <summary>A block of at least <paramref name="bytes"/>, aligned, not cleared: the smallest kept one that suffices, or a new one.</summary>
    public static (nint Memory, nuint Bytes) Rent(nuint bytes)
    {
        lock (Gate)
        {
            int best = -1;
            for (int i = 0; i < Blocks.Count; i++)
            {
                if (Blocks[i].Bytes >= bytes && (best < 0 || Blocks[i].Bytes < Blocks[best].Bytes))
                    best = i;
            }

            if (best >= 0)
                return Remove(best);
        }

        return ((nint)NativeMemory.AlignedAlloc(bytes, Arena.Alignment), bytes);
    }

    /// <summary>Gives a block back; the oldest are freed where too much is kept.</summary>
    public static void Return((nint Memory, nuint Bytes) block)
    {
        lock (Gate)
        {
            Blocks.Add(block);
            kept += block.Bytes;
            while (kept > MostKept)
                NativeMemory.AlignedFree((void*)Remove(0).Memory);
        }
    }

    private static (nint Memory, nuint Bytes) Remove(int index)
    {
        (nint Memory, nuint Bytes) block = Blocks[index];
        Blocks.RemoveAt(index);
        kept -= block.Bytes;
        return block;
    }
}
